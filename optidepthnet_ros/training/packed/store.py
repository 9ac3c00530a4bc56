"""All packed samples in flat tensors on one device, so that a batch of views is one gather."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from optidepthnet_ros.training.packed.archive import PackedSample, PieceReader, read_index
from optidepthnet_ros.training.packed.codes import CODES, FINE

LABELS = 2  # a sample has two at most, such as stereo matches and a teacher's opinion
SOURCES = ('measured', 'rendered', 'matched', 'teacher')


class SampleStore:
    """Samples ready to be cut.

    :ivar samples: what is known of each
    :ivar pixels: uint8, all images one after another, (H, W, C) each, red first; gray images have one channel
    :ivar codes: int16, all labels one after another, in the ``FINE`` code
    :ivar image_layout: (N, 4) int64: offset, height, width, channels
    :ivar label_layout: (N, LABELS, 4) int64: offset, height, width, 1 + index in ``SOURCES`` or 0 for no label
    :ivar focal: (N,) float32, pixels
    """

    def __init__(self, folder: Path, device: torch.device, samples: list[PackedSample] | None = None):
        self.samples = read_index(folder) if samples is None else samples
        reader = PieceReader(folder)
        with ThreadPoolExecutor() as pool:
            images = list(pool.map(lambda sample: _image(reader, sample), self.samples))
            labels = list(pool.map(lambda sample: _labels(reader, sample), self.samples))
        self.pixels, image_offsets = _flat(images, device)
        self.codes, label_offsets = _flat([values for group in labels for values in group], device)
        self.image_layout = torch.tensor(
            [(offset, *image.shape) for offset, image in zip(image_offsets, images)], device=device
        )
        self.label_layout = self._label_layout(labels, iter(label_offsets)).to(device)
        self.focal = torch.tensor([sample.focal for sample in self.samples], device=device)

    def __len__(self):
        return len(self.samples)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.pixels.device

    def _label_layout(self, labels, offsets):
        layout = torch.zeros(len(self), LABELS, 4, dtype=torch.int64)
        layout[..., 1:3] = 1
        for index, (sample, group) in enumerate(zip(self.samples, labels, strict=True)):
            for slot, (label, values) in enumerate(zip(sample.labels, group, strict=True)):
                layout[index, slot] = torch.tensor((next(offsets), *values.shape, 1 + SOURCES.index(label.source)))
        return layout


def _image(reader, sample):
    image = reader.image(sample.blob)
    return image[..., np.newaxis] if image.ndim == 2 else image[..., ::-1]


def _labels(reader, sample):
    return [FINE.encode(CODES[label.code].decode(reader.image(label.blob))).astype(np.int16) for label in sample.labels]


def _flat(arrays, device):
    offsets = np.cumsum([0, *(array.size for array in arrays)])
    flat = np.concatenate([np.ascontiguousarray(array).ravel() for array in arrays])
    return torch.from_numpy(flat).to(device), offsets[:-1].tolist()
