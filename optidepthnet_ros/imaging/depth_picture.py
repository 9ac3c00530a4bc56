# SPDX-License-Identifier: Apache-2.0
"""An image and its depth in one picture, with a scale in metres."""

import cv2
import numpy as np

from optidepthnet_ros.imaging.preview import BEYOND_RANGE, UNKNOWN, colour_depth

_TICKS = [digit * 10.0**power for power in range(-2, 4) for digit in (1, 2, 5)]  # metres
_LEAST_WIDTH = 480  # pixels, so that the scale is readable; narrower images are enlarged
_WIDE = 2.0  # from this ratio of width to height on, depth is below the image instead of beside it
_FONT, _INK, _PAPER = cv2.FONT_HERSHEY_SIMPLEX, (40, 40, 40), (255, 255, 255)


def draw_depth(image: np.ndarray, depth: np.ndarray, nearest: float, farthest: float) -> np.ndarray:
    """Draw an image, its depth and the colour scale in one picture.

    :param image: (H, W, 3) uint8 BGR, or (H, W) gray
    :param depth: (H, W) float32 metres; NaN is unknown, +Inf beyond ``farthest``
    :param nearest: metres at the near end of the colour scale
    :param farthest: metres at the far end of the colour scale
    :return: uint8 BGR; the image, with its depth to the right, or below if the image is wide
    """
    image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    factor = max(1, -(-_LEAST_WIDTH // image.shape[1]))
    image, colours = (
        cv2.resize(view, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
        for view in (image, colour_depth(depth, nearest, farthest))
    )
    height, width = image.shape[:2]
    scale = _scale(width, nearest, farthest)
    if width >= _WIDE * height:
        return np.concatenate([image, colours, scale])
    blank = np.full_like(scale, 255)
    return np.concatenate([np.concatenate([image, colours], axis=1), np.concatenate([blank, scale], axis=1)])


def _scale(width: int, nearest: float, farthest: float) -> np.ndarray:
    """Return the colour scale with metres below it, and a legend of the two grays."""
    unit = max(width / 1000, 0.6)  # of text and lines
    bar, line = round(18 * unit), round(30 * unit)
    left, right = round(40 * unit), width - round(40 * unit)
    strip = np.full((3 * line + bar, width, 3), _PAPER, np.uint8)
    metres = np.geomspace(nearest, farthest, right - left, dtype=np.float32)[np.newaxis]
    top = line // 2
    strip[top : top + bar, left:right] = colour_depth(metres, nearest, farthest)
    row = top + bar + round(0.8 * line)
    end = 0
    for tick in (tick for tick in _TICKS if nearest <= tick <= farthest):
        column = left + round((right - left) * np.log(tick / nearest) / np.log(farthest / nearest))
        text = f'{tick:g} m'
        start = column - _length(text, unit) // 2
        if start > end:
            strip[top + bar : top + bar + round(6 * unit), min(column, width - 1)] = _INK
            end = _write(strip, text, start, row, unit) + round(8 * unit)
    column = left
    for colour, text in ((BEYOND_RANGE, f'beyond {farthest:g} m'), (UNKNOWN, 'unknown')):
        strip[row + line - bar : row + line, column : column + bar] = colour
        column = _write(strip, text, column + round(1.5 * bar), row + line - round(0.1 * bar), unit) + 2 * bar
    return strip


def _length(text: str, unit: float) -> int:
    return int(cv2.getTextSize(text, _FONT, 0.6 * unit, 1)[0][0])


def _write(strip: np.ndarray, text: str, column: int, row: int, unit: float) -> int:
    """Write the text and return the column where it ends."""
    cv2.putText(strip, text, (column, row), _FONT, 0.6 * unit, _INK, max(1, round(unit)), cv2.LINE_AA)
    return column + _length(text, unit)
