# SPDX-License-Identifier: Apache-2.0
"""An RGB-D camera: images with their calibration, and depth aligned to the images."""

from collections.abc import Mapping

from sensor_msgs.msg import CameraInfo, CompressedImage

from optidepthnet_ros.finetuning.depth_check import DepthCheck
from optidepthnet_ros.messages.depth_image import COMPRESSED_DEPTH, depth_from_compressed, depth_from_message
from optidepthnet_ros.recordings.bag_topics import ALIGNED_DEPTH
from optidepthnet_ros.recordings.depth_topics import other_frame
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.ros.training_node.source import Pair, Source, decode


class RgbdSource(Source):
    """Topics below rgb/, and depth/image."""

    def __init__(self, compressed: bool):
        super().__init__(compressed)
        rgb, depth = ('/compressed', f'/{COMPRESSED_DEPTH}') if compressed else ('', '')
        self.images = {'rgb': f'rgb/image{rgb}', 'depth': f'depth/image{depth}'}
        self.infos = {'rgb': 'rgb/camera_info'}
        self._frames: DepthCheck | None = None  # made of the first pair

    def check(self, pair: Pair, names: Mapping[str, str], infos: Mapping[str, CameraInfo]) -> None:
        image, depth = pair
        if self._frames is None:
            picture_topic, depth_topic = (self.topic(stream, names, infos['rgb'], 'rgb') for stream in self.streams)
            if reason := other_frame(picture_topic.name, image, depth_topic.name, depth):
                raise DataError(f'{reason}: {ALIGNED_DEPTH}')
            self._frames = DepthCheck(picture_topic, depth_topic)
        metres = (depth_from_compressed if isinstance(depth, CompressedImage) else depth_from_message)(depth)
        if not self._frames.is_done:
            self._frames.add_frame(decode(image), metres)
