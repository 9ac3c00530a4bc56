"""The packed form on disk: pieces of at most so many bytes, which travel, and an index that tells what is in them."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.training.packed.codes import CODES

INDEX = 'index.json'
PIECE_BYTES = 56 * 2**20
QUALITY = 82  # of WebP


@dataclass(frozen=True)
class PackedLabel:
    """Where one label of a sample is, and who says so (``measured``, ``rendered``, ``matched`` or ``teacher``)."""

    source: str
    code: str
    blob: tuple[int, int, int]  # piece, offset, length


@dataclass(frozen=True)
class PackedSample:
    """One image with what is known of its depth.

    :param group: what kind of place it is; groups are mixed in stated shares
    :param focal: pixels, of the packed image, whose pixels are square
    :param licence: of the recording
    """

    scene: str
    group: str
    licence: str
    focal: float
    blob: tuple[int, int, int]
    labels: list[PackedLabel] = field(default_factory=list)


class PackWriter:
    """Writes samples into a folder; use as a context manager."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._samples, self._piece, self._offset, self._file = [], -1, PIECE_BYTES, None

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_):
        if self._file:
            self._file.close()
        (self._folder / INDEX).write_text(json.dumps([asdict(sample) for sample in self._samples]))

    def add(
        self,
        image: np.ndarray,
        focal: float,
        labels: list[tuple[str, str, np.ndarray]],
        *,
        scene: str,
        group: str,
        licence: str,
    ) -> None:
        """Add an image with its labels.

        :param image: uint8 (H, W) gray or (H, W, 3) BGR, with square pixels
        :param labels: source, name of the code, and inverse depth (h, w) in 1/m: NaN unknown, 0 sky
        """
        blob = self._append('.webp', image, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        packed = [
            PackedLabel(
                source, code, self._append('.png', CODES[code].encode(values), [cv2.IMWRITE_PNG_COMPRESSION, 9])
            )
            for source, code, values in labels
        ]
        self._samples.append(PackedSample(scene, group, licence, focal, blob, packed))

    def _append(self, suffix, array, parameters):
        data = cv2.imencode(suffix, array, parameters)[1].tobytes()
        if self._offset + len(data) > PIECE_BYTES:
            if self._file:
                self._file.close()
            self._piece, self._offset = self._piece + 1, 0
            self._file = (self._folder / f'{self._piece:03d}.bin').open('wb')
        self._file.write(data)
        self._offset += len(data)
        return self._piece, self._offset - len(data), len(data)


def read_index(folder: Path) -> list[PackedSample]:
    """Return what a packed folder holds."""
    return [
        PackedSample(**{**entry, 'labels': [PackedLabel(**label) for label in entry['labels']]})
        for entry in json.loads((folder / INDEX).read_text())
    ]


class PieceReader:
    """Decodes blobs of a packed folder."""

    def __init__(self, folder: Path):
        self._pieces = {int(path.stem): np.memmap(path, np.uint8, 'r') for path in folder.glob('*.bin')}

    def image(self, blob) -> np.ndarray:
        """Return an image: uint8 (H, W) or (H, W, 3) BGR; or integer codes (h, w)."""
        piece, offset, length = blob
        return cv2.imdecode(self._pieces[piece][offset : offset + length], cv2.IMREAD_UNCHANGED)
