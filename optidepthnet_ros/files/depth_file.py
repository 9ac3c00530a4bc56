# SPDX-License-Identifier: Apache-2.0
"""Reads depth (or disparity) maps in the usual formats: .npy, .pfm and KITTI's 16-bit pictures."""

import re
from pathlib import Path

import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError, decode_as_stored


class DepthFileError(ValueError):
    """A depth file cannot be used; the message names it, what is wrong and what to do."""


def read_depth_file(path: Path) -> np.ndarray:
    """Read a file by its ending, one of ``READERS``.

    :return: (H, W) float32 in the file's unit; for a picture, its values over 256, NaN where it has 0
    :raises DepthFileError: unknown ending, unreadable, or not one value per pixel
    """
    if path.suffix.lower() not in READERS:
        raise DepthFileError(f'{path}: not a depth file: known endings are {", ".join(READERS)}')
    return READERS[path.suffix.lower()](path)


def read_npy(path: Path) -> np.ndarray:
    """Read a numpy array of (H, W) numbers; never unpickles."""
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DepthFileError(f'{path}: not a readable .npy file ({error}): write it with numpy.save') from None
    if not isinstance(values, np.ndarray) or values.ndim != 2 or values.dtype.kind not in 'fiu' or not values.size:
        found = f'{values.dtype} {values.shape}' if isinstance(values, np.ndarray) else 'an archive'
        raise DepthFileError(f'{path}: holds {found}, but must hold one number per pixel, (H, W)')
    return values.astype(np.float32)


def read_pfm(path: Path) -> np.ndarray:
    """Read a gray portable float map.

    The sign of its scale gives the byte order. Its magnitude is ignored, as in the stereo benchmarks: writers
    disagree on what it means, and OpenCV would divide by it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DepthFileError(f'{path}: cannot be read ({error.strerror})') from None
    header = PFM_HEADER.match(content)
    if not header:
        raise DepthFileError(f'{path}: not a gray .pfm file: it must begin with Pf, width, height and scale')
    width, height = int(header[1]), int(header[2])
    if len(content) - header.end() != 4 * width * height:
        raise DepthFileError(
            f'{path}: has {len(content) - header.end()} bytes for {width}x{height} pixels, '
            f'not {4 * width * height}: copy it again'
        )
    order = '<f4' if header[3].startswith(b'-') else '>f4'
    rows = np.frombuffer(content, order, offset=header.end()).reshape(height, width)
    return rows[::-1].astype(np.float32)  # stored from the bottom up


def read_picture(path: Path, unit: float = 1 / 256) -> np.ndarray:
    """Read a 16-bit picture: its values times ``unit``, by default KITTI's; NaN where the value is 0."""
    try:
        stored = decode_as_stored(path.read_bytes())
    except OSError as error:
        raise DepthFileError(f'{path}: cannot be read ({error.strerror})') from None
    except ImageFileError as error:
        raise DepthFileError(f'{path}: {error}') from None
    if stored.dtype != np.uint16 or stored.ndim != 2:
        raise DepthFileError(
            f'{path}: a picture of {stored.dtype} {stored.shape}, but must be 16-bit gray: '
            f'give values times {1 / unit:g}, not a preview'
        )
    return np.where(stored > 0, stored * np.float32(unit), np.float32(np.nan))


PFM_HEADER = re.compile(rb'Pf\s+([1-9]\d*)\s+([1-9]\d*)\s+([-+.\deE]+)\s')
# If one map has several files, the first kind is used: `predict` writes a preview NAME.png beside NAME.npy.
READERS = {'.npy': read_npy, '.pfm': read_pfm, '.png': read_picture}
