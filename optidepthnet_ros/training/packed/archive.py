# SPDX-License-Identifier: Apache-2.0
"""The packed form on disk: pieces of limited size, which are easy to transfer, and an index of their content."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.packed.codes import CODES
from optidepthnet_ros.training.teachers.teacher import TeacherRecord

INDEX, TEACHERS = 'index.json', 'teachers.json'
MATCHED = 'matched'  # a source: stereo matches
RELATIVE = 'relative'  # a source: inverse depth from a teacher up to a scale and a shift, where nothing is known
PIECE_BYTES = 56 * 2**20
QUALITY = 82  # of WebP


@dataclass(frozen=True)
class PackedLabel:
    """Where a :class:`Label` is stored."""

    source: str
    code: str
    blob: tuple[int, int, int]  # piece, offset, length


@dataclass(frozen=True)
class PackedSample:
    """One image with its known depth.

    :param gray: whether the image has one channel; otherwise blue, green, red
    :param focal: focal length of the packed image in pixels; its pixels are square
    """

    scene: str
    gray: bool
    focal: float
    blob: tuple[int, int, int]
    labels: list[PackedLabel] = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """The known depth of an image.

    :param source: ``measured``, ``rendered``, ``matched``, ``teacher`` or ``relative``
    :param code: name of the code that is fine enough
    :param inverse_depth: (h, w) float32 in 1/m: NaN unknown, 0 farther than can be measured; positive numbers without
        a unit if it is relative
    """

    source: str
    code: str
    inverse_depth: np.ndarray


class PackWriter:
    """Writes samples into a folder; use it as a context manager.

    :param teacher: the teacher that made labels of the samples
    """

    def __init__(self, folder: Path, teacher: TeacherRecord | None = None):
        self._folder, self._teacher = folder, teacher
        self._samples: list[PackedSample] = []
        self._file: BinaryIO | None = None
        self._piece, self._offset = -1, 0

    def __enter__(self) -> 'PackWriter':
        self._folder.mkdir(parents=True, exist_ok=True)
        # Written first, so that labels of a teacher never exist without its licence.
        (self._folder / TEACHERS).write_text(json.dumps([asdict(self._teacher)] if self._teacher else []))
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if self._file:
            self._file.close()
        if error is None:  # an interrupted folder is not a packed folder
            (self._folder / INDEX).write_text(json.dumps([asdict(sample) for sample in self._samples]))

    def add(self, scene: str, image: np.ndarray, focal: float, labels: list[Label]) -> None:
        """Add an image with its labels.

        :param scene: name of the recording
        :param image: uint8 (H, W) gray or (H, W, 3) BGR, with square pixels
        :param focal: pixels
        """
        blob = self._append('.webp', image, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        packed = []
        for label in labels:
            codes = CODES[label.code].encode(label.inverse_depth)
            where = self._append('.png', codes, [cv2.IMWRITE_PNG_COMPRESSION, 9])
            packed.append(PackedLabel(label.source, label.code, where))
        self._samples.append(PackedSample(scene, image.ndim == 2, focal, blob, packed))

    def _append(self, suffix: str, array: np.ndarray, parameters: list[int]) -> tuple[int, int, int]:
        data = cv2.imencode(suffix, array, parameters)[1].tobytes()
        if self._file is None or self._offset + len(data) > PIECE_BYTES:
            if self._file:
                self._file.close()
            self._piece, self._offset = self._piece + 1, 0
            self._file = (self._folder / f'{self._piece:03d}.bin').open('wb')
        self._file.write(data)
        self._offset += len(data)
        return self._piece, self._offset - len(data), len(data)


def read_index(folder: Path) -> list[PackedSample]:
    """Return the samples of a packed folder.

    :raises DataError: it is not a packed folder, or is empty
    """
    path = folder / INDEX
    if not path.is_file():
        raise DataError(f'{folder}: no packed samples here: make them with `optidepthnet pack RECORDING --output DIR`')
    try:
        samples = [
            PackedSample(**{**entry, 'labels': [PackedLabel(**label) for label in entry['labels']]})
            for entry in json.loads(path.read_text())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f'{path}: damaged ({error}): copy the file again, or pack again') from None
    if not samples:
        raise DataError(f'{path}: lists no samples: pack recordings that can be read')
    return samples


def read_teachers(folder: Path) -> list[TeacherRecord]:
    """Return the teachers that labelled the samples of a packed folder.

    :raises DataError: the folder does not say
    """
    path = folder / TEACHERS
    if not path.is_file():
        raise DataError(
            f'{path} is missing, which has the licences of the teachers: copy the whole folder, or pack again'
        )
    return [TeacherRecord(**entry) for entry in json.loads(path.read_text())]


class PieceReader:
    """Decodes the samples of a packed folder."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._pieces = {
            int(path.stem): np.memmap(path, np.uint8, 'r') for path in folder.glob('*.bin') if path.stat().st_size
        }

    def image(self, sample: PackedSample, *, gray: bool = False) -> np.ndarray:
        """Return the image of a sample: uint8 (H, W, 1), or (H, W, 3) red first.

        :param gray: whether to convert colour images to gray
        """
        gray = gray or sample.gray
        image = self._decoded(sample.blob, cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
        return image[..., np.newaxis] if gray else image[..., ::-1]

    def codes(self, label: PackedLabel) -> np.ndarray:
        """Return the integer codes of a label, (h, w)."""
        return self._decoded(label.blob, cv2.IMREAD_UNCHANGED)

    def _decoded(self, blob: tuple[int, int, int], flags: int) -> np.ndarray:
        piece, offset, length = blob
        data = self._pieces.get(piece, np.empty(0, np.uint8))[offset : offset + length]
        decoded = cv2.imdecode(data, flags) if data.size == length else None
        if decoded is None:
            path = self._folder / f'{piece:03d}.bin'
            raise DataError(f'{path}: missing or damaged at byte {offset}: copy the file again, or pack again')
        return decoded
