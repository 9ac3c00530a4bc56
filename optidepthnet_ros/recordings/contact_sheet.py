# SPDX-License-Identifier: Apache-2.0
"""A contact sheet of scenes: a strip for each, which shows whether it can be used for training."""

from collections.abc import Sequence

import cv2
import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.imaging.preview import UNKNOWN, colour_depth
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.recordings.depth_alignment import depth_edges
from optidepthnet_ros.recordings.depth_report import DepthReport
from optidepthnet_ros.recordings.report import SceneReport
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.recordings.stereo_report import StereoReport

_TILE = 400  # pixels, the width of a view
_CAPTION, _LINE_EVERY = 22, 40  # pixels
_PLAIN, _ALARMING, _LINES, _EDGES = (230, 230, 230), (60, 60, 255), (0, 200, 255), (60, 60, 255)  # BGR


def draw_contact_sheet(reports: Sequence[SceneReport]) -> np.ndarray:
    """Draw a caption and three views of each scene's middle frame.

    For a stereo scene: left and right view with lines for comparing rows, and disparity. For a depth scene: image,
    image with depth edges drawn on it, and depth. Near is red, far is blue, unknown is gray.

    :return: uint8 (H, W, 3) BGR
    """
    return np.concatenate([strip for report in reports for strip in (_caption(report), _views(report))])


def _caption(report: SceneReport) -> np.ndarray:
    if isinstance(report, StereoReport):
        figures = (
            f'pairs   {_size(report)}   baseline {report.scene.rig.baseline:.3f} m   '
            f'rows {report.row_offset:+.2f} +- {report.row_spread:.2f} px'
        )
    elif isinstance(report, DepthReport):
        right, down = report.figures.alignment.shift
        figures = (
            f'frames   {_size(report)}   {report.scene.source} depth of {report.figures.known:.0%}, '
            f'median {report.figures.median:.2f} m   edges {right:+.0f}, {down:+.0f} px off'
        )
    text = f'{report.scene.name}   {len(report.scene)} {figures}' + ('   CANNOT BE USED' if report.problems else '')
    return _write(np.zeros((_CAPTION, 3 * _TILE, 3), np.uint8), text, _ALARMING if report.problems else _PLAIN)


def _views(report: SceneReport) -> np.ndarray:
    scene, middle = report.scene, len(report.scene) // 2
    size = (_TILE, round(_TILE * scene.camera.height / scene.camera.width))
    try:
        frame = scene.read(middle)
    except (DataError, ImageFileError) as error:
        return _write(np.zeros((size[1], 3 * _TILE, 3), np.uint8), str(error)[-150:], _ALARMING)
    return _stereo_views(*frame, size) if isinstance(report, StereoReport) else _depth_views(*frame, size)


def _stereo_views(left: np.ndarray, right: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    views = [cv2.resize(view, size, interpolation=cv2.INTER_AREA) for view in (left, right)]
    pair = cv2.cvtColor(np.concatenate(views, axis=1), cv2.COLOR_GRAY2BGR)
    pair[_LINE_EVERY // 2 :: _LINE_EVERY] = _LINES
    return np.concatenate([pair, _colour(match(*views)[0])], axis=1)


def _depth_views(image: np.ndarray, depth: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    overlaid = image.copy()
    overlaid[cv2.resize(depth_edges(depth), size, interpolation=cv2.INTER_AREA) > 0.3] = _EDGES
    finite = depth[np.isfinite(depth)]
    nearest, farthest = np.percentile(finite, (2, 98)) if finite.size else (1.0, 2.0)
    colours = colour_depth(depth, nearest, max(farthest, 1.1 * nearest))
    return np.concatenate([image, overlaid, cv2.resize(colours, size, interpolation=cv2.INTER_NEAREST)], axis=1)


def _colour(disparity: np.ndarray) -> np.ndarray:
    """Colour by disparity; the nearest twentieth of the points has one colour."""
    known = np.isfinite(disparity)
    nearest = np.percentile(disparity[known], 95) if known.any() else 1.0
    share = np.clip(np.nan_to_num(disparity) / max(nearest, 1.0), 0, 1)
    picture = cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[~known] = UNKNOWN
    return picture


def _size(report: SceneReport) -> str:
    return f'{report.scene.camera.width}x{report.scene.camera.height}'


def _write(strip: np.ndarray, text: str, colour: tuple[int, int, int]) -> np.ndarray:
    row = (len(strip) + 8) // 2
    return cv2.putText(strip, text, (6, row), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
