# SPDX-License-Identifier: Apache-2.0
"""A stereo camera: left and right image, each with its calibration."""

from collections.abc import Mapping

from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.finetuning.rig_check import RigCheck
from optidepthnet_ros.ros.training_node.source import Pair, Source, gray


class StereoSource(Source):
    """Topics below left/ and right/."""

    def __init__(self, compressed: bool):
        super().__init__(compressed)
        suffix = '/compressed' if compressed else ''
        self.images = {side: f'{side}/image{suffix}' for side in ('left', 'right')}
        self.infos = {side: f'{side}/camera_info' for side in ('left', 'right')}
        self._rig: RigCheck | None = None  # made of the first pair

    def check(self, pair: Pair, names: Mapping[str, str], infos: Mapping[str, CameraInfo]) -> None:
        if self._rig is None:
            left, right = (self.topic(side, names, infos[side], side) for side in self.streams)
            self._rig = RigCheck(left, right)
        views = gray(pair[0]), gray(pair[1])
        if not self._rig.is_done:
            self._rig.add_pair(*views)
