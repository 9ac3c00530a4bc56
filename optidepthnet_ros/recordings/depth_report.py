# SPDX-License-Identifier: Apache-2.0
"""Measures depth scenes."""

from dataclasses import dataclass

from optidepthnet_ros.recordings.depth_figures import DepthFigures, DepthMeasure
from optidepthnet_ros.recordings.depth_scene import DepthScene
from optidepthnet_ros.recordings.report import SceneReport, look_at


@dataclass(frozen=True)
class DepthReport(SceneReport):
    """What was measured in a depth scene."""

    scene: DepthScene
    figures: DepthFigures

    @property
    def is_judged(self) -> bool:
        return self.figures.is_judged

    @property
    def unjudged(self) -> str:
        return self.figures.unjudged

    def _problems(self) -> list[str]:
        return self.figures.problems


def inspect_depth(scene: DepthScene, sample: int | None = None) -> DepthReport:
    """Read a scene's frames and compare edges in ten of them.

    :param sample: number of frames to read, evenly spread; None reads all
    """
    found = DepthMeasure()
    looked_at = look_at(scene, sample, lambda _, image, depth, chosen: found.add(image, depth, chosen))
    return DepthReport(scene, *looked_at, found.figures(scene.camera.width))
