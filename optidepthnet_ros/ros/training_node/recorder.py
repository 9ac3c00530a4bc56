# SPDX-License-Identifier: Apache-2.0
"""Records training data from a camera's topics: stereo pairs, or images and depth, with their calibration."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo

from optidepthnet_ros.finetuning.frame_choice import KEPT, FrameChoice, Thresholds
from optidepthnet_ros.finetuning.pair_bag import PairBag
from optidepthnet_ros.finetuning.pair_matcher import PairMatcher
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.camera_info import content_of
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.messages.image import ImageError
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.ros.support.log import REPEAT_AFTER
from optidepthnet_ros.ros.support.qos import qos_overrides
from optidepthnet_ros.ros.training_node.source import AnyImage, Pair, Source, gray


class Recorder:
    """One recording, from its creation to :meth:`stop`. Its callbacks never raise.

    A camera that is not fit for training is detected in the first pairs; such a recording is not kept. A recording has
    one calibration: it ends when a different one arrives, and what was recorded until then is kept.

    :param folder: for all recordings; this one is named after the time
    :param source: the camera to record, as a new object
    :param tolerance: maximum difference of the stamps of a pair in seconds
    :param keep_free: bytes of disk space to leave free
    :raises OSError: the folder cannot be written
    """

    def __init__(
        self, node: Node, folder: Path, thresholds: Thresholds, source: Source, *, tolerance: float, keep_free: int
    ):
        self.ended_by: str | None = None
        self._unfit = False
        self._node = node
        self._source = source
        self._choice = FrameChoice(thresholds)
        self._matcher: PairMatcher[AnyImage] = PairMatcher(source.streams, round(tolerance * 1e9))
        self._bag = PairBag(folder / datetime.now().strftime('%Y%m%d_%H%M%S_%f'), keep_free)
        self._infos: dict[str, CameraInfo] = {}
        self._written = self._undecodable = self._without_info = 0  # pairs
        self._seen: set[str] = set()  # streams from which an image has arrived
        self._subscriptions = {
            **{
                topic: self._subscribe(CameraInfo, topic, partial(self._keep_info, stream))
                for stream, topic in source.infos.items()
            },
            **{
                topic: self._subscribe(source.message_type, topic, partial(self._take, stream))
                for stream, topic in source.images.items()
            },
        }
        self._names = {topic: subscription.topic_name for topic, subscription in self._subscriptions.items()}

    @property
    def folder(self) -> Path:
        """The folder of the recording."""
        return self._bag.folder

    def counts(self) -> dict[str, int]:
        """Return the numbers of kept and dropped pairs, and of images without a counterpart, by reason."""
        return (
            self._choice.counts
            | {KEPT: self._written}
            | {
                'that cannot be decoded': self._undecodable,
                'unmatched images': self._matcher.unmatched,
                'without camera_info': self._without_info,
            }
        )

    def silent_topics(self) -> list[str]:
        """Return the topics on which nothing has arrived yet."""
        infos, images = self._source.infos, self._source.images
        return [
            self._names[topic]
            for topics, heard in ((infos, self._infos), (images, self._seen))
            for stream, topic in topics.items()
            if stream not in heard
        ]

    def summary(self) -> str:
        """Return the folder and the counts as text."""
        silent = self.silent_topics()
        return f'{self.folder}: {_describe(self.counts())}' + (
            f'; nothing received on {", ".join(silent)}' if silent else ''
        )

    def stop(self) -> None:
        """Stop recording, and make the recording readable; without pairs, or if the camera is unfit, delete it.

        :raises OSError: the index could not be written
        """
        while self._subscriptions:
            self._node.destroy_subscription(self._subscriptions.popitem()[1])
        self._bag.close(keep=not self._unfit)

    def _subscribe(self, message_type: type, topic: str, callback: Callable[[Any], None]) -> Subscription:
        return self._node.create_subscription(
            message_type,
            topic,
            callback,
            QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=qos_overrides(self._node.get_logger(), topic),
        )

    def _keep_info(self, stream: str, info: CameraInfo) -> None:
        before = self._infos.get(stream)
        if self._written and before is not None and content_of(before) != content_of(info):
            self.ended_by = self.ended_by or (
                f'a different calibration arrived on {self._names[self._source.infos[stream]]}: what was recorded '
                'before is kept; record again or, if two cameras publish there, let only one publish'
            )
        else:
            self._infos[stream] = info

    def _take(self, stream: str, message: AnyImage) -> None:
        if self.ended_by is not None:
            return
        self._seen.add(stream)
        pair = self._matcher.offer(stream, stamp_of(message), message)
        try:
            if pair is not None and self._is_wanted(pair[0]):
                self._source.check(pair, self._names, self._infos)
                self._write(pair)
        except (CalibrationError, DataError) as error:
            self.ended_by, self._unfit = (
                f'this camera is not fit for training, and its pairs were not kept: {error}',
                True,
            )
        except ImageError as error:
            self._undecodable += 1
            self._node.get_logger().error(f'not recorded: {error}', throttle_duration_sec=REPEAT_AFTER)
        except Exception as error:
            # Most likely a full disk. The node stops this recording at its next poll.
            self.ended_by = f'{error}'

    def _is_wanted(self, first: AnyImage) -> bool:
        if len(self._infos) < len(self._source.infos):
            self._without_info += 1
            expected = [self._names[topic] for topic in self._source.infos.values()]
            self._node.get_logger().warning(
                f'not recorded: calibration expected on {" and ".join(expected)}', throttle_duration_sec=REPEAT_AFTER
            )
            return False
        stamp = stamp_of(first)
        return not self._choice.is_too_soon(stamp) and self._choice.keeps(gray(first), stamp)

    def _write(self, pair: Pair) -> None:
        images = dict(zip(self._source.streams, pair))
        for stream, info in self._infos.items():
            info.header.stamp = images[stream].header.stamp  # if calibration is sent only once, its stamp is old
        messages = [
            (self._names[topic], f'sensor_msgs/msg/{type(message).__name__}', bytes(serialize_message(message)))
            for topics, found in ((self._source.infos, self._infos), (self._source.images, images))
            for stream, topic in topics.items()
            for message in (found[stream],)
        ]
        self._bag.write(messages, time.time_ns())
        self._written += 1


def _describe(counts: Mapping[str, int]) -> str:
    others = ', '.join(f'{number} {reason}' for reason, number in counts.items() if reason != KEPT and number)
    return f'{counts[KEPT]} pairs kept' + (f' ({others})' if others else '')
