"""All packed samples in flat tensors on one device, so that a batch of views is one gather."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch

from optidepthnet_ros.training.packed.archive import RELATIVE, PackedSample, PieceReader, read_index
from optidepthnet_ros.training.packed.codes import CODES, FINE

SOURCES = ('measured', 'rendered', 'matched', 'teacher', RELATIVE)


class SampleStore:
    """Samples ready to be cut.

    :param folders: packed folders
    :ivar samples: what is known of each
    :ivar groups: for each sample, the position of its folder
    :ivar pixels: uint8, all images one after another, (H, W, C) each, red first; gray images have one channel
    :ivar codes: int16, all labels one after another, in the ``FINE`` code
    :ivar image_layout: (N, 4) int64: offset, height, width, channels
    :ivar label_layout: (N, LABELS, 4) int64: offset, height, width, 1 + index in ``SOURCES`` or 0 for no label;
        LABELS is the largest number that a sample has
    :ivar focal: (N,) float32, pixels
    """

    def __init__(self, folders: list[Path], device: torch.device):
        self.samples: list[PackedSample] = []
        self.groups: list[int] = []
        images: list[np.ndarray] = []
        labels: list[list[np.ndarray]] = []
        with ThreadPoolExecutor() as pool:
            for group, folder in enumerate(folders):
                samples, reader = read_index(folder), PieceReader(folder)
                self.samples += samples
                self.groups += [group] * len(samples)
                images += pool.map(reader.image, samples)
                labels += pool.map(partial(_labels, reader), samples)
        self.pixels, image_offsets = _flat(images, device)
        self.codes, label_offsets = _flat([values for sample in labels for values in sample], device)
        self.image_layout = torch.tensor(
            [(offset, *image.shape) for offset, image in zip(image_offsets, images, strict=True)], device=device
        )
        self.label_layout = self._label_layout(labels, iter(label_offsets)).to(device)
        self.focal = torch.tensor([sample.focal for sample in self.samples], device=device)

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.pixels.device

    def holds(self, source: str) -> bool:
        """Return whether any label is of this source."""
        return any(label.source == source for sample in self.samples for label in sample.labels)

    def _label_layout(self, labels: list[list[np.ndarray]], offsets: Iterator[int]) -> torch.Tensor:
        most = max(1, *map(len, labels))
        layout = torch.zeros(len(self), most, 4, dtype=torch.int64)
        layout[..., 1:3] = 1
        for index, (sample, group) in enumerate(zip(self.samples, labels, strict=True)):
            for slot, (label, values) in enumerate(zip(sample.labels, group, strict=True)):
                layout[index, slot] = torch.tensor((next(offsets), *values.shape, 1 + SOURCES.index(label.source)))
        return layout


def _labels(reader: PieceReader, sample: PackedSample) -> list[np.ndarray]:
    return [FINE.encode(CODES[label.code].decode(reader.codes(label))).astype(np.int16) for label in sample.labels]


def _flat(arrays: list[np.ndarray], device: torch.device) -> tuple[torch.Tensor, list[int]]:
    offsets = np.cumsum([0, *(array.size for array in arrays)])
    flat = np.concatenate([np.ascontiguousarray(array).ravel() for array in arrays])
    return torch.from_numpy(flat).to(device), offsets[:-1].tolist()
