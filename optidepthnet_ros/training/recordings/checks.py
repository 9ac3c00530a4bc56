"""Finds what is wrong with stereo recordings before a training is spent on them."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.training.recordings.feature_matches import match_features
from optidepthnet_ros.training.recordings.scene import DataError, StereoScene

# Of a rectified pair, matches are on one row to about a third of a pixel at 640 columns. In parts of image width:
MAX_ROW_OFFSET = 1 / 640
MAX_ROW_SPREAD = 1.5 / 640
MAX_UNREADABLE = 0.05  # share of all pairs
ENOUGH_MATCHES = 30  # to judge a scene by
MATCHED_PAIRS = 10  # of a scene
NO_PARALLAX = 0.5  # pixels


@dataclass(frozen=True)
class SceneReport:
    """What was measured in a scene, pixels being those of its images.

    :param read: number of pairs that reading was tried of
    :param unreadable: why the others are not, each naming its file
    :param matches: number of points found in both views, in all looked-at pairs
    :param row_offset: median of right minus left row; NaN without matches
    :param row_spread: of that, as a standard deviation (from the median absolute deviation, which a few wrong matches
        do not move)
    :param disparity: median of left minus right column
    :param reversed_share: of the matches with clear disparity, how many have a negative one
    :param parallax: pixels that all but a twentieth of the matches differ less by in column
    """

    scene: StereoScene
    read: int
    unreadable: tuple[str, ...]
    matches: int
    row_offset: float
    row_spread: float
    disparity: float
    reversed_share: float
    parallax: float

    @property
    def is_judged(self) -> bool:
        """Whether there are enough matches to tell alignment and sides."""
        return self.matches >= ENOUGH_MATCHES

    @property
    def problems(self) -> list[str]:
        """Why the scene cannot teach, with the figure and the remedy; empty when it can."""
        if len(self.unreadable) == self.read:
            return [f'none of {self.read} pairs can be read: {self.unreadable[0]}']
        return self._geometric_problems() if self.is_judged else []

    def _geometric_problems(self):
        width = self.scene.rig.camera.width
        if self.parallax < NO_PARALLAX:
            apart = f'no point is more than {self.parallax:.2f} px apart'
            return [f'left and right are the same picture: {apart}, so give the images of two cameras']
        found = []
        if self.reversed_share > 0.5:
            found.append(
                f'left and right are swapped: {self.reversed_share:.0%} of the points are farther right in '
                'the right view, so exchange the images'
            )
        if abs(self.row_offset) > MAX_ROW_OFFSET * width:
            found.append(
                f'rows are offset by {self.row_offset:+.1f} px, more than {MAX_ROW_OFFSET * width:.1f}: '
                'rectify with a stereo calibration of this rig'
            )
        elif self.row_spread > MAX_ROW_SPREAD * width:
            found.append(
                f'row offsets spread by {self.row_spread:.1f} px, more than {MAX_ROW_SPREAD * width:.1f}: '
                'rectify the images, and check that left and right are of the same moment'
            )
        return found


def inspect_scene(scene: StereoScene, sample: int | None = None) -> SceneReport:
    """Read a scene's pairs and match points in ten of them.

    :param sample: number of pairs to read, evenly spread; None reads all
    """
    indices = spread(len(scene), sample or len(scene))
    to_match = {indices[position] for position in spread(len(indices), MATCHED_PAIRS)}
    unreadable, matches = [], [np.empty((0, 2, 2))]
    for index in indices:
        try:
            left, right = scene.read(index)
        except (DataError, ImageFileError) as error:
            unreadable.append(str(error))
            continue
        if index in to_match:
            matches.append(match_features(left, right))
    return SceneReport(scene, len(indices), tuple(unreadable), **_measure(np.concatenate(matches)))


def check_scenes(scenes: list[StereoScene], sample: int = 3) -> None:
    """Look at a few pairs of each scene, so that a training does not start on data that cannot teach.

    :raises DataError: some cannot; the message names each and says why
    """
    # Not the share of unreadable pairs, which a small sample says little about; the training counts as it goes.
    refuse_unfit([inspect_scene(scene, sample) for scene in scenes])


def refuse_unfit(reports: list[SceneReport]) -> None:
    """Raise when a scene cannot teach.

    :raises DataError: the message names each such scene and says why
    """
    if unfit := [report for report in reports if report.problems]:
        reasons = (f'{report.scene.name}: {problem}' for report in unfit for problem in report.problems)
        raise DataError(f'{len(unfit)} of {len(reports)} scenes cannot teach: {"; ".join(reasons)}')


def refuse_unreadable(reports: list[SceneReport]) -> None:
    """Raise when too many of all pairs cannot be read.

    :raises DataError: the message has their number and names one
    """
    unreadable = [reason for report in reports for reason in report.unreadable]
    read = sum(report.read for report in reports)
    if len(unreadable) > MAX_UNREADABLE * read:
        raise DataError(
            f'{len(unreadable)} of {read} pairs cannot be read, more than {MAX_UNREADABLE:.0%}, such as {unreadable[0]}'
        )


def spread(count: int, wanted: int) -> list[int]:
    """Return up to ``wanted`` of ``count`` positions, evenly spread, each in the middle of its part."""
    wanted = min(count, wanted)
    return [(2 * part + 1) * count // (2 * wanted) for part in range(wanted)]


def _measure(matches: np.ndarray) -> dict[str, float]:
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
