"""Samples for the network: pairs read, matched, cut, resized and varied; scenes drawn in balance."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset, WeightedRandomSampler

from optidepthnet_ros.training.augmentation import StereoSample, flipped, random_window, shaded
from optidepthnet_ros.training.stereo_data.scene import StereoScene
from optidepthnet_ros.training.stereo_matching import match


class PairDataset(Dataset):
    """All pairs of some scenes, as batches need them (see :func:`~..losses.stereo.stereo_loss`).

    :param input_size: (height, width) of the samples
    :param baseline: metres, of the rig the network speaks for
    :param augment: vary the pairs
    :param proxy_cache: folder for stereo matches, which are computed once
    """

    def __init__(self, scenes: list[StereoScene], *, input_size: tuple[int, int], baseline: float,
                 augment: bool, proxy_cache: Path):
        self._items = [(scene, index) for scene in scenes for index in range(len(scene))]
        self._height, self._width = input_size
        self._baseline = baseline
        self._augment = augment
        self._proxy_cache = proxy_cache

    def __len__(self):
        return len(self._items)

    def __getitem__(self, item):
        scene, index = self._items[item]
        sample = StereoSample(*scene.read(index), *self._proxies(scene, index))
        random = np.random.default_rng(int(torch.randint(2 ** 31, ()))) if self._augment else None
        height, width = sample.left.shape
        sample = self._cut(sample, random_window(width, height, random) if random else (0, 0, width, height))
        if random and random.random() < 0.5:
            sample = flipped(sample)
        if random and random.random() < 0.5:
            sample = shaded(sample, random)
        tensors = {name: torch.from_numpy(np.ascontiguousarray(array)[np.newaxis])
                   for name, array in vars(sample).items()}
        return {**tensors, 'baseline_ratio': torch.tensor(scene.rig.baseline / self._baseline, dtype=torch.float32)}

    def balanced_sampler(self, samples: int) -> WeightedRandomSampler:
        """Draw ``samples`` pairs so that a scene counts with the square root of its size."""
        weights = [len(scene) ** -0.5 for scene, _ in self._items]
        return WeightedRandomSampler(weights, samples)

    def _cut(self, sample, window):
        x, y, width, height = window
        rows, columns = slice(y, y + height), slice(x, x + width)
        size = (self._width, self._height)
        images = [cv2.resize(image[rows, columns], size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
                  for image in (sample.left, sample.right)]
        # Nearest, because averages across an edge belong to neither surface.
        proxies = [cv2.resize(proxy[rows, columns], size, interpolation=cv2.INTER_NEAREST) / width
                   for proxy in (sample.left_proxy, sample.right_proxy)]
        return StereoSample(*images, *proxies)

    def _proxies(self, scene, index):
        """Left and right match in pixels, NaN unknown; cached as 16-bit pictures of 1/64 pixel, 0 unknown."""
        path = self._proxy_cache / scene.name / f'{index:06d}.png'
        stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if path.exists() else None
        if stored is None:
            stored = np.concatenate([np.nan_to_num(view * 64) for view in match(*scene.read(index))])
            stored = stored.astype(np.uint16)
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), stored)
        disparity = np.where(stored > 0, stored / np.float32(64), np.float32(np.nan))
        return np.split(disparity, 2)
