# SPDX-License-Identifier: Apache-2.0
"""The poses of a rosbag2 recording, and the images that an image is compared with."""

from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.bag_pairs import MessagePairs
from optidepthnet_ros.scale.messages import add_odometry_message
from optidepthnet_ros.scale.odometry import LONGEST, PERIOD
from optidepthnet_ros.scale.poses import PoseBuffer

ODOMETRY_TYPE = 'nav_msgs/msg/Odometry'


class BagOdometry:
    """All poses on a nav_msgs/Odometry topic.

    :ivar poses: poses of the body
    :ivar body_frame: the messages' child_frame_id
    :raises DataError: no message can be decoded
    """

    def __init__(self, bag: BagFile, topic: str):
        self.body_frame: str = bag.first(topic).child_frame_id
        self.poses = PoseBuffer(kept=None)
        for _, message in bag.messages(topic):
            # A message that is not newer would reset the time.
            if message is not None and (self.poses.newest is None or stamp_of(message) > self.poses.newest):
                add_odometry_message(message, self.poses)


def images_to_look_back_at(pairs: MessagePairs, index: int) -> list[int]:
    """Return the indices of the earlier images that a node would have used for an image, ascending."""
    found: list[int] = []
    last = pairs.stamp(index)
    oldest = last - LONGEST
    for earlier in range(index - 1, -1, -1):
        if pairs.stamp(earlier) < oldest:
            break
        if last - pairs.stamp(earlier) >= PERIOD:
            found.append(earlier)
            last = pairs.stamp(earlier)
    return found[::-1]
