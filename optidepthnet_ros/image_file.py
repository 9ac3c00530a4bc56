"""Finding and reading image files."""

from pathlib import Path

import cv2
import numpy as np

SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.ppm', '.tif', '.tiff', '.webp')


class ImageFileError(ValueError):
    """An image file that is missing or cannot be decoded; the message names it."""


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


def read_image(path: Path, *, gray: bool = False) -> np.ndarray:
    """Read an image as uint8, (H, W, 3) BGR or (H, W) gray.

    :raises ImageFileError: it is no image, or a damaged one
    """
    try:
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageFileError(f'{path}: cannot be decoded ({error.err})') from None
    if image is None:
        raise ImageFileError(f'{path}: not a readable image: give a file that other viewers can open')
    return image
