"""A picture of stereo scenes for people: both views of a pair with lines to compare rows along, and its matches."""

import cv2
import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.training.recordings.checks import SceneReport
from optidepthnet_ros.training.recordings.scene import DataError

_TILE = 400  # pixels, the width of a view
_CAPTION, _LINE_EVERY = 22, 40  # pixels
_PLAIN, _ALARMING, _LINES = (230, 230, 230), (60, 60, 255), (0, 200, 255)  # BGR


def draw_contact_sheet(reports: list[SceneReport]) -> np.ndarray:
    """Draw a strip for each scene: caption, left view, right view, and disparity (near red, far blue, unknown black).

    :return: uint8 (H, W, 3) BGR
    """
    return np.concatenate([strip for report in reports for strip in (_caption(report), _views(report))])


def _caption(report: SceneReport) -> np.ndarray:
    camera = report.scene.rig.camera
    text = (
        f'{report.scene.name}   {len(report.scene)} pairs   {camera.width}x{camera.height}   '
        f'baseline {report.scene.rig.baseline:.3f} m   rows {report.row_offset:+.2f} +- {report.row_spread:.2f} px'
    )
    if report.problems:
        text += '   CANNOT TEACH'
    strip = np.zeros((_CAPTION, 3 * _TILE, 3), np.uint8)
    return cv2.putText(
        strip,
        text,
        (6, _CAPTION - 7),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.45,
        _ALARMING if report.problems else _PLAIN,
        1,
        cv2.LINE_AA,
    )


def _views(report: SceneReport) -> np.ndarray:
    scene, middle = report.scene, len(report.scene) // 2
    size = (_TILE, round(_TILE * scene.rig.camera.height / scene.rig.camera.width))
    try:
        views = [cv2.resize(view, size, interpolation=cv2.INTER_AREA) for view in scene.read(middle)]
    except (DataError, ImageFileError) as error:
        unreadable = np.zeros((size[1], 3 * _TILE, 3), np.uint8)
        return cv2.putText(
            unreadable, str(error)[-150:], (6, size[1] // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _ALARMING, 1, cv2.LINE_AA
        )
    pair = cv2.cvtColor(np.concatenate(views, axis=1), cv2.COLOR_GRAY2BGR)
    pair[_LINE_EVERY // 2 :: _LINE_EVERY] = _LINES
    return np.concatenate([pair, _colour(match(*views)[0])], axis=1)


def _colour(disparity: np.ndarray) -> np.ndarray:
    """Colour by disparity, the nearest twentieth of the points alike."""
    known = np.isfinite(disparity)
    nearest = np.percentile(disparity[known], 95) if known.any() else 1.0
    share = np.clip(np.nan_to_num(disparity) / max(nearest, 1.0), 0, 1)
    picture = cv2.applyColorMap((share * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    picture[~known] = 0
    return picture
