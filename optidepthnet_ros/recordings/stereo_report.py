# SPDX-License-Identifier: Apache-2.0
"""Measures stereo scenes: whether matched points are on the same rows, and on the right sides."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from optidepthnet_ros.recordings.depth_figures import DepthFigures, DepthMeasure
from optidepthnet_ros.recordings.feature_matches import match_features
from optidepthnet_ros.recordings.report import SceneReport, look_at
from optidepthnet_ros.recordings.scene import StereoScene

# In a rectified pair, the rows of matches agree to about a third of a pixel at 640 columns. In parts of image width:
MAX_ROW_OFFSET = 1 / 640
MAX_ROW_SPREAD = 1.5 / 640
ENOUGH_MATCHES = 30  # to judge a scene
NO_PARALLAX = 0.5  # pixels


@dataclass(frozen=True)
class StereoReport(SceneReport):
    """What was measured in a stereo scene.

    :param matches: number of points found in both views, in all inspected pairs
    :param row_offset: median of right minus left row; NaN without matches
    :param row_spread: spread of that as a standard deviation (from the median absolute deviation, which a few wrong
        matches do not change)
    :param disparity: median of left minus right column
    :param reversed_share: share of the matches with clear disparity whose disparity is negative
    :param parallax: 95th percentile of the difference of columns, in pixels
    :param left_depth: figures of the depth of the left views; None if there is none
    """

    scene: StereoScene
    matches: int
    row_offset: float
    row_spread: float
    disparity: float
    reversed_share: float
    parallax: float
    left_depth: DepthFigures | None

    @property
    def is_judged(self) -> bool:
        """Whether there are enough matches to judge alignment and sides."""
        return self.matches >= ENOUGH_MATCHES

    @property
    def unjudged(self) -> str:
        return f'too few matches to judge alignment and sides: {self.matches}'

    def _problems(self) -> list[str]:
        geometric = self._geometric_problems() if self.is_judged else []
        return geometric + [f'depth of the left view: {problem}' for problem in self._depth_problems()]

    def _depth_problems(self) -> list[str]:
        return self.left_depth.problems if self.left_depth else []

    def _geometric_problems(self) -> list[str]:
        width = self.scene.rig.camera.width
        if self.parallax < NO_PARALLAX:
            apart = f'no points are more than {self.parallax:.2f} px apart'
            return [f'left and right are the same picture: {apart}, so give the images of two cameras']
        found = []
        if self.reversed_share > 0.5:
            found.append(
                f'left and right are swapped: {self.reversed_share:.0%} of the points are farther right in '
                'the right view, so swap the images'
            )
        if abs(self.row_offset) > MAX_ROW_OFFSET * width:
            found.append(
                f'rows are offset by {self.row_offset:+.1f} px, more than {MAX_ROW_OFFSET * width:.1f}: '
                'rectify with a stereo calibration of this rig'
            )
        elif self.row_spread > MAX_ROW_SPREAD * width:
            found.append(
                f'row offsets spread by {self.row_spread:.1f} px, more than {MAX_ROW_SPREAD * width:.1f}: '
                'rectify the images, and check that left and right are from the same moment'
            )
        return found


def inspect_stereo(scene: StereoScene, sample: int | None = None) -> StereoReport:
    """Read a scene's pairs, match points in ten of them, and inspect their depth.

    :param sample: number of pairs to read, evenly spread; None reads all
    """
    matches = [np.empty((0, 2, 2))]
    depths: list[tuple[np.ndarray, np.ndarray]] = []

    def measure(index: int, left: np.ndarray, right: np.ndarray, chosen: bool) -> None:
        if not chosen:
            return
        matches.append(match_features(left, right))
        if (found := scene.left_depth(index)) is not None:
            depths.append((left, found[0]))

    looked_at = look_at(scene, sample, measure)
    return StereoReport(scene, *looked_at, **_measure(np.concatenate(matches)), left_depth=_depth_figures(depths))


def _depth_figures(depths: list[tuple[np.ndarray, np.ndarray]]) -> DepthFigures | None:
    if not depths:
        return None
    found = DepthMeasure()
    for left, depth in depths:
        found.add(left, depth, with_edges=True)
    return found.figures(depths[0][0].shape[1])


def _measure(matches: np.ndarray) -> dict[str, Any]:
    if not len(matches):
        return {'matches': 0} | dict.fromkeys(
            ('row_offset', 'row_spread', 'disparity', 'reversed_share', 'parallax'), float('nan')
        )
    columns, rows = (matches[:, 0] - matches[:, 1]).T
    clear = columns[np.abs(columns) > 1]
    offset = np.median(-rows)
    return {
        'matches': len(matches),
        'row_offset': float(offset),
        'row_spread': float(1.4826 * np.median(np.abs(-rows - offset))),
        'disparity': float(np.median(columns)),
        'reversed_share': float(np.mean(clear < 0)) if len(clear) else 0.0,
        'parallax': float(np.percentile(np.abs(columns), 95)),
    }
