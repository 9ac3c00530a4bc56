# SPDX-License-Identifier: Apache-2.0
"""Samples for the network: frames that are read, matched, cut and resized, unchanged or varied."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.geometry.canonical import CanonicalCamera, CanonicalView
from optidepthnet_ros.imaging.exposure import exposed, exposure_gain
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.sky import mask_sky
from optidepthnet_ros.recordings.depth_scene import AnyScene, DepthScene, at_image_size
from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError, StereoScene
from optidepthnet_ros.training.augmentation import Sample, Variation, flipped, varied
from optidepthnet_ros.training.gaps import fill_gaps
from optidepthnet_ros.training.mixing import alike, mixed
from optidepthnet_ros.training.packed.store import SOURCES
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.views import ROAD_WINDOWS, random_view, same_part

BatchForm = dict[str, torch.Tensor | str]  # see PairDataset.batch_form

_logger = logging.getLogger(__name__)


class PairDataset(Dataset[BatchForm]):
    """All frames of some scenes without variation, stereo pairs or images with depth, in batch form.

    :param canonical: the canonical camera and rig of the network
    :param proxies: stereo matches of the pairs
    :param sky: whether the recordings were made outdoors in daylight, so that proxies of the sky can be set to 0; else
        they are unknown
    :param colour: whether images have three channels, red first; the content of stereo pairs is still gray
    :param with_depth: whether to read depth that was recorded with stereo pairs
    :param max_damaged: share of all frames that may be damaged; a damaged frame is skipped, named once, and replaced by
        the next one of its scene
    """

    def __init__(
        self,
        scenes: Sequence[AnyScene],
        *,
        canonical: CanonicalCamera,
        proxies: ProxyCache,
        sky: bool = False,
        colour: bool = False,
        with_depth: bool = True,
        max_damaged: float = MAX_UNREADABLE,
    ):
        self.items = [(scene, index) for scene in scenes for index in range(len(scene))]
        self.canonical = canonical
        self._proxies = proxies
        self._sky = sky
        self._colour = colour
        self._with_depth = with_depth
        self._max_damaged = max_damaged
        # Shared, so that the other processes and the training know what a reading process finds.
        self._damaged = torch.zeros(len(self.items), dtype=torch.bool).share_memory_()

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, item: int) -> BatchForm:
        item, sample = self.read(item)
        view = self.whole(item)
        return self.batch_form(item, self.cut(sample, view), view)

    def whole(self, item: int) -> CanonicalView:
        """Return the view of the whole images of a frame, as on a robot."""
        return self.canonical.view(self.items[item][0].camera)

    @property
    def damaged(self) -> list[str]:
        """The damaged frames that any process has found so far."""
        items = (self.items[item] for item in self._damaged.nonzero().flatten())
        return [scene.describe(index) for scene, index in items]

    def read(self, item: int) -> tuple[int, Sample]:
        """Read a frame at its own size; if it is damaged, the next one of its scene.

        :return: the item that was read, and its sample
        :raises DataError: too many frames are damaged, or all frames of this scene
        """
        scene, index = self.items[item]
        for step in range(len(scene)):
            candidate = item - index + (index + step) % len(scene)
            if not self._damaged[candidate]:
                try:
                    return candidate, self._read(*self.items[candidate])
                except (DataError, ImageFileError) as error:
                    self._skip(candidate, error)
        raise DataError(f'all {len(scene)} frames of {scene.name} are damaged, such as {scene.describe(0)}')

    def _read(self, scene: AnyScene, index: int) -> Sample:
        if isinstance(scene, DepthScene):
            image, depth = scene.read(index)
            return Sample(self._image(image), known=_inverse(depth, scene), source=scene.source)
        images, proxies = scene.read(index), self._proxies.read(scene, index)
        pixel_metres = np.float32(scene.rig.camera.fx * scene.rig.baseline)
        left, right = map(self._image, images)
        left_proxy, right_proxy = (
            mask_sky(image, proxy, label=self._sky) / pixel_metres for image, proxy in zip(images, proxies, strict=True)
        )
        sample = Sample(left, right, left_proxy, right_proxy)
        if self._with_depth and (recorded := scene.left_depth(index)):
            return replace(sample, known=_inverse(recorded[0], scene), source=recorded[1])
        return sample

    def _image(self, image: np.ndarray) -> np.ndarray:
        if self._colour:
            return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB)
        return to_gray(image)

    def _skip(self, item: int, error: Exception) -> None:
        _logger.warning('skipped a damaged frame: %s', error)
        self._damaged[item] = True
        count = int(self._damaged.sum())
        if count > self._max_damaged * len(self):
            raise DataError(
                f'{count} of {len(self)} frames are damaged, more than {self._max_damaged:.0%}, the last '
                f'one: {error}; `optidepthnet inspect-data` lists them all'
            ) from None

    def cut(self, sample: Sample, view: CanonicalView) -> Sample:
        """Cut and resize to a view.

        :return: images in 0..1 with normalised brightness (see :mod:`optidepthnet_ros.imaging.exposure`)
        """
        size = (view.width, view.height)
        interpolation = cv2.INTER_AREA if max(view.pixel) > 1 else cv2.INTER_LINEAR
        images = sample.with_images(
            lambda image: cv2.resize(image[view.rows, view.columns], size, interpolation=interpolation)
        )
        gain = exposure_gain(images.left)  # the same for both, so that one can still reconstruct the other
        # Nearest pixel, because averages across an edge belong to neither surface.
        depths = {
            name: cv2.resize(depth[view.rows, view.columns], size, interpolation=cv2.INTER_NEAREST)
            for name in ('left_proxy', 'right_proxy', 'known')
            if (depth := getattr(sample, name)) is not None
        }
        return replace(images.with_images(lambda image: exposed(image, gain)), **depths)

    def batch_form(self, item: int, sample: Sample, view: CanonicalView) -> BatchForm:
        """Return a frame in batch form, so that all kinds of frames can be in one batch.

        In the canonical rig, a disparity of 1 is the canonical width in pixels; in the rig of a pair, at any zoom, it
        is larger in proportion to the baseline.

        :return: ``left`` and ``right`` (1 or 3, H, W) in 0..1, the right one black if ``is_pair`` is false;
            ``left_proxy``, ``right_proxy`` and ``known`` (1, H, W) as disparities of the network, NaN where unknown, 0
            in the sky; ``known_source``, 1 + index in ``SOURCES``, 0 if no depth was recorded; ``width_of_one``;
            ``source``, where the frame comes from
        """
        scene, index = self.items[item]
        right = np.zeros_like(sample.left) if sample.right is None else sample.right
        images = {'left': _tensor(sample.left), 'right': _tensor(right)}
        unknown = np.full(sample.left.shape[:2], np.nan, np.float32)
        depths = {
            name: view.unit * _tensor(unknown if (depth := getattr(sample, name)) is None else depth)
            for name in ('left_proxy', 'right_proxy', 'known')
        }
        longer = scene.rig.baseline / self.canonical.baseline if isinstance(scene, StereoScene) else 1.0
        return {
            **images,
            **depths,
            'is_pair': torch.tensor(sample.right is not None),
            'known_source': torch.tensor(0 if sample.known is None else 1 + SOURCES.index(sample.source)),
            'width_of_one': torch.tensor(self.canonical.width * longer, dtype=torch.float32),
            'source': scene.describe(index),
        }


@dataclass(frozen=True)
class Rehearsal:
    """Scenes that a network has already learned and should not forget, and their share of the samples."""

    scenes: frozenset[str] = frozenset()
    share: float = 0.0


class VariedPairs(Dataset[BatchForm]):
    """An endless stream of varied frames: the frame at a position depends only on the seed and the position.

    A training can therefore continue at any step as if it had never stopped, with any number of worker processes.
    A scene is drawn in proportion to the square root of its size: a large one teaches more, but must not dominate.
    Rehearsed scenes make up their share in total, regardless of their size.

    :param shapes: heights and widths, one of which is drawn for each batch
    :param batch_size: number of positions in a batch
    """

    def __init__(
        self,
        pairs: PairDataset,
        seed: int,
        rehearsal: Rehearsal = Rehearsal(),
        variation: Variation = Variation(),
        shapes: tuple[tuple[int, int], ...] = ROAD_WINDOWS,
        batch_size: int = 1,
    ):
        self._pairs = pairs
        self._seed = seed
        self._variation = variation
        self._shapes, self._batch_size = shapes, batch_size
        chances = _chances(pairs.items, rehearsal)
        self._cumulative = np.cumsum(chances)
        self._cumulative_beside = _beside(pairs.items, chances) if variation.depthmix_probability else {}

    def __getitem__(self, position: int) -> BatchForm:
        random = np.random.default_rng((self._seed, position))
        item, sample = self._pairs.read(_draw(self._cumulative, random))
        scene, _ = self._pairs.items[item]
        zoomed = random.random() < self._variation.zoom_probability
        view = random_view(scene.camera, self._pairs.canonical, self._shape(position), zoomed, random)
        sample = self._cut(sample, view)
        if random.random() < self._variation.depthmix_probability and isinstance(scene, StereoScene):
            sample = mixed(sample, self._other(scene.rig, view, random))
        return self._pairs.batch_form(item, varied(sample, self._variation, random), view)

    def _shape(self, position: int) -> tuple[int, int]:
        # Drawn for the batch, so that all of its samples agree, even if several processes share it.
        random = np.random.default_rng((self._seed, position // self._batch_size, len(self._shapes)))
        return self._shapes[random.integers(len(self._shapes))]

    def _cut(self, sample: Sample, view: CanonicalView) -> Sample:
        sample = self._pairs.cut(sample, view)
        if sample.left_proxy is None or sample.right_proxy is None:
            return sample
        return replace(sample, left_proxy=fill_gaps(sample.left_proxy), right_proxy=fill_gaps(sample.right_proxy))

    def _other(self, rig: StereoRig, view: CanonicalView, random: np.random.Generator) -> Sample:
        """Return the same part of another pair from a similar rig, mirrored or not."""
        item, sample = self._pairs.read(_draw(self._cumulative_beside[rig], random))
        sample = self._cut(sample, same_part(view, self._pairs.items[item][0].camera))
        return flipped(sample) if random.random() < 0.5 else sample


def _inverse(depth: np.ndarray, scene: AnyScene) -> np.ndarray:
    # Depth beyond the range of a renderer is infinite; its reciprocal is 0, which is the label of the sky.
    return np.float32(1) / at_image_size(depth, scene.camera)


def _tensor(array: np.ndarray) -> torch.Tensor:
    channels = array.transpose(2, 0, 1) if array.ndim == 3 else array[np.newaxis]
    return torch.from_numpy(np.ascontiguousarray(channels))


def _draw(cumulative: np.ndarray, random: np.random.Generator) -> int:
    return int(np.searchsorted(cumulative, random.random() * cumulative[-1], side='right'))


def _beside(items: Sequence[tuple[AnyScene, int]], chances: np.ndarray) -> dict[StereoRig, np.ndarray]:
    """Return for each rig the cumulative probabilities of the pairs from similar rigs."""
    rigs = [scene.rig if isinstance(scene, StereoScene) else None for scene, _ in items]
    return {
        one: np.cumsum(chances * [rig is not None and alike(one, rig) for rig in rigs])
        for one in set(rigs)
        if one is not None
    }


def _chances(items: Sequence[tuple[AnyScene, int]], rehearsal: Rehearsal) -> np.ndarray:
    """Return the relative probability of drawing each frame."""
    chances = np.array([len(scene) ** -0.5 for scene, _ in items])
    if rehearsal.scenes:
        rehearsed = np.array([scene.name in rehearsal.scenes for scene, _ in items])
        chances[rehearsed] *= rehearsal.share / chances[rehearsed].sum()
        chances[~rehearsed] *= (1 - rehearsal.share) / chances[~rehearsed].sum()
    return chances
