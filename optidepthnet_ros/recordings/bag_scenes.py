# SPDX-License-Identifier: Apache-2.0
"""The scenes of a rosbag2 recording: its stereo cameras or, if there are none, its RGB-D cameras."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_topics import is_stereo, stereo_topics
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.depth_topics import depth_topics, is_depth
from optidepthnet_ros.recordings.rosbag import BagScene
from optidepthnet_ros.recordings.rosbag_depth import BagDepthScene
from optidepthnet_ros.recordings.rosbag_lidar import BagLidarScene
from optidepthnet_ros.recordings.sensor_topics import CLOUD, sensor_topics


def bag_scenes(
    path: Path, topics: tuple[str, str] | None, tolerance: float, lidar: np.ndarray | None = None
) -> list[AnyScene]:
    """Return a scene for each camera of a recording.

    Depth beside a stereo camera is taken only if ``topics`` names it, because a network may have estimated it.

    :param topics: two image topics, or one image and one depth topic, of the only camera to take, in any order; None
        searches for them
    :param tolerance: as for :class:`BagScene` and :class:`BagDepthScene`
    :param lidar: (4, 4), from a lidar to the camera: its points are projected into the images
    :raises DataError: there is no such camera
    """
    bag = BagFile(path)
    name = path.name if path.is_dir() else path.stem
    if lidar is not None:
        return [BagLidarScene(name, bag, *sensor_topics(bag, CLOUD, topics), lidar, tolerance)]
    depths = [name for name in topics or bag.topics if is_depth(bag, name)]
    with_depth = bool(depths) and (bool(topics) or not is_stereo(bag))
    pairs = depth_topics(bag, topics) if with_depth else stereo_topics(bag, topics)
    scenes: list[AnyScene] = []
    for pair in pairs:
        camera = pair[0 if with_depth else 1].info_topic.removesuffix('/camera_info').replace('/', '_')
        kind = BagDepthScene if with_depth else BagScene
        scenes.append(kind(name if len(pairs) == 1 else name + camera, bag, *pair, tolerance))
    if depths and not with_depth:
        note = (
            f'depth on {", ".join(depths)} is left out: to learn from it instead of the stereo pair, give the '
            'colour and depth topics with --topics'
        )
        for scene in scenes:
            scene.notes += (note,)
    return scenes
