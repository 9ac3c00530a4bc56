# SPDX-License-Identifier: Apache-2.0
"""Refuses unusable recordings before a training is spent on them."""

from collections.abc import Sequence

from optidepthnet_ros.recordings.depth_report import DepthReport, inspect_depth
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.report import SceneReport
from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError, StereoScene
from optidepthnet_ros.recordings.stereo_report import StereoReport, inspect_stereo


def inspect_scene(scene: AnyScene, sample: int | None = None) -> StereoReport | DepthReport:
    """Read a scene's frames and measure ten of them.

    :param sample: number of frames to read, evenly spread; None reads all
    """
    return inspect_stereo(scene, sample) if isinstance(scene, StereoScene) else inspect_depth(scene, sample)


def check_scenes(scenes: Sequence[AnyScene], sample: int = 3) -> None:
    """Look at a few frames of each scene, so that a training does not start on unusable data.

    :raises DataError: a scene is unusable; the message names each such scene and says why
    """
    # A small sample says little about the share of unreadable frames; the training counts them.
    refuse_unfit([inspect_scene(scene, sample) for scene in scenes])


def refuse_unfit(reports: Sequence[SceneReport]) -> None:
    """Raise if a scene cannot be used for training.

    :raises DataError: the message names each such scene and says why
    """
    if unfit := [report for report in reports if report.problems]:
        reasons = (f'{report.scene.name}: {problem}' for report in unfit for problem in report.problems)
        raise DataError(f'{len(unfit)} of {len(reports)} scenes cannot be used for training: {"; ".join(reasons)}')


def refuse_unreadable(reports: Sequence[SceneReport]) -> None:
    """Raise if too many of all frames cannot be read.

    :raises DataError: the message has their number and names one
    """
    unreadable = [reason for report in reports for reason in report.unreadable]
    read = sum(report.read for report in reports)
    if len(unreadable) > MAX_UNREADABLE * read:
        raise DataError(
            f'{len(unreadable)} of {read} frames cannot be read, more than {MAX_UNREADABLE:.0%}, '
            f'such as {unreadable[0]}'
        )
