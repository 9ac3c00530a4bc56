# SPDX-License-Identifier: Apache-2.0
"""Measures whether depth is aligned to its image: where depth jumps, most images have an edge too."""

from dataclasses import dataclass

import cv2
import numpy as np

from optidepthnet_ros.imaging.gray import to_gray

_WIDEST = 640  # pixels; larger depth is reduced, to save time
_FARTHEST = 200.0  # metres; farther depth counts as this far
_REACH = 0.08  # part of the width: the largest shift that is found
_GAP = 15  # pixels of unknown depth beside an object (shadow of an RGB-D camera) that get the depth behind it
_STEP, _JUMP = 2, 0.1  # pixels, and relative: what a depth edge is
_FINE = 1 / 60  # part of the width: structure that is larger than this does not count
_ENOUGH_EDGES = 0.002  # share of pixels


@dataclass(frozen=True)
class Alignment:
    """Where depth edges lie on image edges, over some frames.

    :param frames: number of frames with enough depth edges to measure
    :param shift: pixels of the image, to the right and down, by which depth edges are shifted from image edges
    :param clarity: of this shift: its correlation over the standard deviation of correlations at distant shifts, which
        arise by chance; 0 without frames
    :param agreement: the same at shifts of up to ``tolerance``
    """

    frames: int
    shift: tuple[float, float]
    clarity: float
    agreement: float


def measure_alignment(correlations: list[np.ndarray], width: int, tolerance: float) -> Alignment:
    """Combine what :func:`correlate` returned for the frames of a scene.

    :param correlations: arrays of the same shape
    :param width: width of the images in pixels
    :param tolerance: largest shift that does not matter, as a part of the width
    """
    if not correlations:
        return Alignment(0, (0.0, 0.0), 0.0, 0.0)
    total = np.mean(correlations, axis=0)
    columns = total.shape[1]
    reach, near = int(_REACH * columns), max(1, int(tolerance * columns))
    chance = total.copy()
    _middle(chance, reach)[:] = np.nan
    clarity = (total - np.nanmean(chance)) / np.nanstd(chance)
    found = _middle(clarity, reach)
    row, column = np.unravel_index(found.argmax(), found.shape)
    scale = width / columns
    return Alignment(
        len(correlations),
        (float(column - reach) * scale, float(row - reach) * scale),
        float(found.max()),
        float(_middle(clarity, near).max()),
    )


def correlate(image: np.ndarray, depth: np.ndarray) -> np.ndarray | None:
    """Correlate depth edges with image edges at all shifts.

    :param image: uint8 (H, W, 3) BGR or (H, W) gray
    :param depth: float32 (h, w) metres, NaN unknown, +inf endless
    :return: about as large as the depth; its middle is zero shift. None if there are too few edges
    """
    depth = _reduced(depth)
    height, width = depth.shape
    edges = depth_edges(depth)
    if np.mean(edges > 0.5) < _ENOUGH_EDGES:
        return None
    gray = to_gray(image)
    gray = cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA)
    first, second = _fine(_image_edges(gray)), _fine(edges)
    norm = np.sqrt(np.sum(first**2) * np.sum(second**2))
    if not norm:
        return None
    return np.fft.fftshift(np.fft.irfft2(np.fft.rfft2(second) * np.conj(np.fft.rfft2(first)), (height, width))) / norm


def depth_edges(depth: np.ndarray) -> np.ndarray:
    """Return where depth jumps, float32 (h, w), 0 to 1.

    Inverse depth is linear on any plane, so its second difference shows edges of objects, but not the floor.

    :param depth: float32 (h, w) metres, NaN unknown, +inf endless
    """
    known = np.where(np.isnan(depth), 0, np.minimum(depth, _FARTHEST)).astype(np.float32)
    behind = cv2.dilate(known, np.ones((_GAP, _GAP), np.uint8))
    filled = np.where(known > 0, known, behind)
    inverse = np.divide(1, filled, out=np.zeros_like(filled), where=filled > 0)
    bend = np.maximum(_bend(inverse), _bend(inverse.T).T)
    return np.clip((bend - _JUMP / 2) / _JUMP, 0, 1)


def _bend(inverse: np.ndarray) -> np.ndarray:
    """Return the second difference along columns, relative to the nearest of the three; 0 where one is unknown."""
    above, here, below = inverse[: -2 * _STEP], inverse[_STEP:-_STEP], inverse[2 * _STEP :]
    nearest = np.maximum(np.maximum(above, below), here)
    known = (above > 0) & (here > 0) & (below > 0)
    bend = np.zeros_like(inverse)
    np.divide(np.abs(above - 2 * here + below), nearest, out=bend[_STEP:-_STEP], where=known)
    return bend


def _image_edges(gray: np.ndarray) -> np.ndarray:
    """Return how clear the edges are compared with their neighbourhood, float32."""
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), 1.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    return slope / (cv2.GaussianBlur(slope, (0, 0), 12.0) + 4.0)  # 4: so that noise on a dark wall is no edge


def _fine(edges: np.ndarray) -> np.ndarray:
    return edges - cv2.GaussianBlur(edges, (0, 0), _FINE * edges.shape[1])


def _reduced(depth: np.ndarray) -> np.ndarray:
    height, width = depth.shape
    if width <= _WIDEST:
        return depth
    return cv2.resize(depth, (_WIDEST, round(height * _WIDEST / width)), interpolation=cv2.INTER_NEAREST)


def _middle(values: np.ndarray, reach: int) -> np.ndarray:
    row, column = values.shape[0] // 2, values.shape[1] // 2
    rows = min(reach, row - 1)
    return values[row - rows : row + rows + 1, column - reach : column + reach + 1]
