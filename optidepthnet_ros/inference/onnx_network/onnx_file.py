# SPDX-License-Identifier: Apache-2.0
"""An ONNX file with its contract: its input, and its output as one map. Independent of the program that runs it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.resize import resized
from optidepthnet_ros.inference.onnx_network.contract import CHANNELS, Contract, OnnxError, read_contract
from optidepthnet_ros.inference.onnx_network.size_rules import FixedSize

FLOAT32 = 'float32'


@dataclass(frozen=True)
class OnnxInput:
    """An input of a network, as described by the program that runs it.

    :param type: :data:`FLOAT32`, or another type as that program names it
    :param shape: integers, and anything else for a free dimension
    """

    name: str
    type: str
    shape: Sequence[object]


@dataclass(frozen=True)
class OnnxFile:
    """A file and its contract."""

    path: Path
    contract: Contract

    @classmethod
    def open(cls, path: Path) -> 'OnnxFile':
        """Read the contract of the same name beside a file.

        :raises OnnxError: one of them is missing, or the contract is unusable
        """
        contract = read_contract(path.with_suffix('.yaml'))
        if not path.is_file():
            raise OnnxError(f'{path}: no such file: give an ONNX network with its contract beside it')
        return cls(path, contract)

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the network's file."""
        return sha256(self.path)

    @property
    def channels(self) -> int:
        """Number of channels of the network's input."""
        return CHANNELS[self.contract.input.channels]

    def unreadable(self, error: Exception) -> OnnxError:
        """Return the error for a failure to read the file."""
        return OnnxError(f'{self.path}: cannot be read as an ONNX network ({error}): export it again')

    def check(self, inputs: Sequence[OnnxInput], outputs: Sequence[str]) -> None:
        """Compare the contract with the network.

        :raises OnnxError: the contract belongs to another network; the message says what differs
        """
        rule = self.contract.input
        for part, name, known in (
            ('input', rule.name, [one.name for one in inputs]),
            ('output', self.contract.output.name, outputs),
        ):
            if name not in known:
                raise OnnxError(
                    f"{self.path}: its contract names the {part} '{name}', but the network has {', '.join(known)}"
                )
        if len(inputs) > 1:
            names = ', '.join(one.name for one in inputs)
            raise OnnxError(f'{self.path}: has {len(inputs)} inputs, {names}: export it with one input, the image')
        (only,) = inputs
        if only.type != FLOAT32:
            raise OnnxError(
                f"{self.path}: '{only.name}' is {only.type}: export the network with float32 in- and outputs"
            )
        size = (rule.size.height, rule.size.width) if isinstance(rule.size, FixedSize) else (None, None)
        expected = 1, self.channels, *size
        if len(only.shape) != 4 or any(
            isinstance(found, int) and wanted is not None and found != wanted
            for found, wanted in zip(only.shape, expected, strict=True)
        ):
            height, width = (side or name for side, name in zip(size, ('height', 'width'), strict=True))
            raise OnnxError(
                f"{self.path}: '{only.name}' has the shape {list(only.shape)}, but its contract says {rule.channels}, "
                f'which is (1, {self.channels}, {height}, {width})'
            )

    def pixels(self, image: np.ndarray, height: int, width: int) -> np.ndarray:
        """Return the network's input for an image: float32 (1, C, height, width).

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        """
        rule = self.contract.input
        image = resized(image, height, width)
        if rule.channels == 'gray':
            image = to_gray(image)[..., np.newaxis]
        elif image.ndim == 2:
            image = cv2.merge([image] * 3)
        elif rule.channels == 'rgb':
            image = image[..., ::-1]
        mean, std = np.array(rule.mean, np.float32), np.array(rule.std, np.float32)
        pixels: np.ndarray = (image.astype(np.float32) * np.float32(rule.largest / 255) - mean) / std
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)[np.newaxis])

    def as_map(self, answer: np.ndarray) -> np.ndarray:
        """Return a network's output as a new float32 array (h, w).

        :raises OnnxError: it is not a single map
        """
        answer = np.asarray(answer)
        if answer.ndim < 2 or math.prod(answer.shape[:-2]) != 1:
            raise OnnxError(
                f"{self.path}: '{self.contract.output.name}' has the shape {answer.shape}, but must be one map, "
                '(1, 1, h, w), (1, h, w) or (h, w): name another output in the contract, or export the network with one'
            )
        return answer.reshape(answer.shape[-2:]).astype(np.float32)
