# SPDX-License-Identifier: Apache-2.0
"""Finding, reading and writing image files."""

from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.files.decoder_warnings import damage_heard

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.ppm', '.tif', '.tiff', '.webp')


class ImageFileError(ValueError):
    """An image file is missing or cannot be decoded; the message names it."""


def find_images(paths: list[Path]) -> list[Path]:
    """Return the files among ``paths``, and the images directly in the folders among them, sorted.

    :raises ImageFileError: a path does not exist, or a folder holds no image
    """
    found = []
    for path in paths:
        if not path.exists():
            raise ImageFileError(f'{path}: no such image or folder')
        images = list_images(path) if path.is_dir() else [path]
        if not images:
            raise ImageFileError(f'{path}: no image in this folder ({", ".join(SUFFIXES)})')
        found += images
    return found


def list_images(folder: Path) -> list[Path]:
    """Return the image files directly in a folder, sorted."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def image_named(folder: Path, name: str) -> Path | None:
    """Return the image in a folder whose file name without its ending is ``name``, None if there is none."""
    return next((path for path in (folder / f'{name}{suffix}' for suffix in SUFFIXES) if path.is_file()), None)


def read_image(path: Path, *, gray: bool = False) -> np.ndarray:
    """Read an image as uint8, (H, W, 3) BGR or (H, W) gray.

    :raises ImageFileError: not an image, or a damaged one
    """
    try:
        return decode_image(path.read_bytes(), gray=gray)
    except OSError as error:
        raise ImageFileError(f'{path}: cannot be read ({error.strerror})') from None
    except ImageFileError as error:
        raise ImageFileError(f'{path}: {error}') from None


def save_image(path: Path, image: np.ndarray) -> None:
    """Write an image, (H, W) or (H, W, 3) BGR, in the format of the path's ending.

    OpenCV's own function does not report a full disk.

    :raises OSError: it cannot be written
    """
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def decode_image(data: bytes, *, gray: bool = False) -> np.ndarray:
    """Decode the content of an image file as uint8, (H, W, 3) BGR or (H, W) gray.

    :raises ImageFileError: not an image, or a damaged one
    """
    return _decoded(data, cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)


def decode_as_stored(data: bytes) -> np.ndarray:
    """Decode the same way, but as stored: gray, more than 8 bits, and not rotated as a tag may say."""
    return _decoded(data, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION)


def _decoded(data: bytes, flags: int) -> np.ndarray:
    if not data:
        raise ImageFileError('not a readable image: it is empty')
    if _is_cut_short(data):
        raise ImageFileError('not a readable image: it was cut short, so copy or record it again')
    try:
        image, damage = damage_heard(lambda: cv2.imdecode(np.frombuffer(data, np.uint8), flags))
    except cv2.error as error:
        raise ImageFileError(f'cannot be decoded ({error.err})') from None
    if image is None:
        raise ImageFileError('not a readable image: give a file that other viewers can open')
    if damage:
        raise ImageFileError(f'damaged, so that a part of it would be made up ({damage}): copy or record it again')
    return image


def _is_cut_short(data: bytes) -> bool:
    """Whether a JPEG or PNG lacks its end, which some decoders silently fill with gray.

    The compressed data of a JPEG contains neither marker; only an embedded preview before the main scan does. So the
    end must come after the last start of a scan. Anything after the end, such as padding, does not matter.
    """
    if data.startswith(b'\xff\xd8'):
        return data.rfind(b'\xff\xd9') < data.rfind(b'\xff\xda')
    return data.startswith(b'\x89PNG') and b'IEND' not in data
