# SPDX-License-Identifier: Apache-2.0
"""All packed samples in flat tensors on one device, so that a batch of views is one gather operation.

They are decoded once into unnamed temporary files. On a CPU the tensors are these files, mapped into memory: pages that
are not used for a while can be evicted, so that a training can use more samples than fit into memory.
"""

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

import cv2
import numpy as np
import torch

from optidepthnet_ros.training.packed.archive import MATCHED, RELATIVE, PackedSample, PieceReader, read_index
from optidepthnet_ros.training.packed.codes import CODES, FINE

SOURCES = ('measured', 'rendered', MATCHED, 'teacher', RELATIVE)


class SampleStore:
    """Samples ready to be cut.

    :param folders: packed folders
    :param gray: whether to convert all images to gray, for a network with gray input
    :param focal: pixels; images with a longer focal length are reduced to it: views are cut out by interpolation
    :ivar channels: channels of the views, 1 if gray, else 3
    :ivar samples: description of each sample
    :ivar groups: for each sample, the position of its folder
    :ivar pixels: uint8, all images one after another, (H, W, C) each, red first; gray images have one channel
    :ivar codes: int16, all labels one after another, in the ``FINE`` code
    :ivar image_layout: (N, 4) int64: offset, height, width, channels
    :ivar label_layout: (N, LABELS, 4) int64: offset, height, width, 1 + index in ``SOURCES`` or 0 for no label;
        LABELS is the largest number that a sample has
    :ivar focal: (N,) float32, pixels
    """

    def __init__(self, folders: list[Path], device: torch.device, *, gray: bool = False, focal: float = math.inf):
        self.channels = 1 if gray else 3
        self.samples: list[PackedSample] = []
        self.groups: list[int] = []
        readers: list[PieceReader] = []
        for group, folder in enumerate(folders):
            samples, reader = read_index(folder), PieceReader(folder)
            self.samples += samples
            self.groups += [group] * len(samples)
            readers += [reader] * len(samples)
        with ThreadPoolExecutor() as pool:
            self.pixels, images = _flat(
                pool.map(partial(_image, gray=gray, focal=focal), readers, self.samples), np.uint8, device
            )
            self.samples = [replace(sample, focal=min(sample.focal, focal)) for sample in self.samples]
            labels = chain.from_iterable(pool.map(_labels, readers, self.samples))
            self.codes, layout = _flat(labels, np.int16, device)
        self.image_layout = torch.tensor(images, device=device)
        self.label_layout = self._label_layout(iter(layout)).to(device)
        self.focal = torch.tensor([sample.focal for sample in self.samples], device=device)

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.pixels.device

    def holds(self, source: str) -> bool:
        """Return whether any label is from this source."""
        return any(label.source == source for sample in self.samples for label in sample.labels)

    def _label_layout(self, flat: Iterator[tuple[int, ...]]) -> torch.Tensor:
        most = max(1, *(len(sample.labels) for sample in self.samples))
        layout = torch.zeros(len(self), most, 4, dtype=torch.int64)
        layout[..., 1:3] = 1
        for index, sample in enumerate(self.samples):
            for slot, label in enumerate(sample.labels):
                layout[index, slot] = torch.tensor((*next(flat), 1 + SOURCES.index(label.source)))
        return layout


def _image(reader: PieceReader, sample: PackedSample, *, gray: bool, focal: float) -> np.ndarray:
    image = reader.image(sample, gray=gray)
    if sample.focal <= focal:
        return image
    size = [round(side * focal / sample.focal) for side in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)


def _labels(reader: PieceReader, sample: PackedSample) -> list[np.ndarray]:
    return [FINE.encode(CODES[label.code].decode(reader.codes(label))).astype(np.int16) for label in sample.labels]


def _flat(
    arrays: Iterable[np.ndarray], kind: type[np.generic], device: torch.device
) -> tuple[torch.Tensor, list[tuple[int, ...]]]:
    """Return all values, one array after another, and the offset and shape of each array."""
    layout, size = [], 0
    with TemporaryFile() as file:
        for array in arrays:
            layout.append((size, *array.shape))
            size += array.size
            file.write(np.ascontiguousarray(array, kind).data)
        file.flush()
        # Copy-on-write, although nothing writes to it, because torch warns about read-only arrays.
        values = np.memmap(file, kind, 'c', shape=(size,)) if size else np.empty(0, kind)
    return torch.from_numpy(values).to(device), layout
