"""Records what teaches from a stereo camera's topics: left and right image with their calibration, in pairs."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.serialization import serialize_message
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from optidepthnet_ros.finetuning.frame_choice import KEPT, FrameChoice, Thresholds
from optidepthnet_ros.finetuning.pair_bag import PairBag
from optidepthnet_ros.finetuning.pair_matcher import PairMatcher
from optidepthnet_ros.finetuning.rig_check import RigCheck
from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.compressed_image import image_from_compressed
from optidepthnet_ros.messages.header import stamp_of
from optidepthnet_ros.messages.image import ImageError, image_from_message
from optidepthnet_ros.training.recordings.bag_topics import ImageTopic
from optidepthnet_ros.training.recordings.scene import DataError

TRANSPORTS = {'raw': Image, 'compressed': CompressedImage}
SIDES = ('left', 'right')
_REPEAT_AFTER = 5.0  # seconds until the same kind of complaint may come again

AnyImage: TypeAlias = Image | CompressedImage


class StereoRecorder:
    """One recording, from its making to :meth:`stop`. Nothing it meets raises in a callback.

    A rig that cannot teach is found in the first pairs; such a recording is not kept.

    :param folder: where recordings go; this one is named after the time
    :param transport: one of ``TRANSPORTS``
    :param tolerance: seconds that the stamps of a pair may differ by
    :param keep_free: bytes of the disk
    :raises OSError: it cannot be written there
    """

    def __init__(
        self, node: Node, folder: Path, thresholds: Thresholds, *, transport: str, tolerance: float, keep_free: int
    ):
        self.ended_by: str | None = None
        self._rig: RigCheck | None = None  # made when both calibrations are known
        self._unfit = False
        self._node = node
        self._choice = FrameChoice(thresholds)
        self._matcher: PairMatcher[AnyImage] = PairMatcher(round(tolerance * 1e9))
        self._bag = PairBag(folder / datetime.now().strftime('%Y%m%d_%H%M%S_%f'), keep_free)
        self._infos: dict[str, CameraInfo] = {}
        self._without_info = 0
        self._seen: set[str] = set()  # sides of which an image has come
        suffix = '/compressed' if transport == 'compressed' else ''
        self._subscriptions = [
            *(self._subscribe(CameraInfo, f'{side}/camera_info', partial(self._keep_info, side)) for side in SIDES),
            *(
                self._subscribe(TRANSPORTS[transport], f'{side}/image{suffix}', partial(self._take, side))
                for side in SIDES
            ),
        ]
        self._topics = [subscription.topic_name for subscription in self._subscriptions]

    @property
    def folder(self) -> Path:
        """Where the recording is."""
        return self._bag.folder

    def counts(self) -> dict[str, int]:
        """Return what became of the pairs, and of images without a counterpart, by reason."""
        return (
            {'kept': 0}
            | self._choice.counts
            | {'unmatched images': self._matcher.unmatched, 'without camera_info': self._without_info}
        )

    def silent_topics(self) -> list[str]:
        """Return those of its topics on which nothing has come yet."""
        heard = [side in known for known in (self._infos, self._seen) for side in SIDES]  # in the order of the topics
        return [topic for topic, came in zip(self._topics, heard) if not came]

    def summary(self) -> str:
        """Return where it is and what it has, for people."""
        silent = self.silent_topics()
        return f'{self.folder}: {_describe(self.counts())}' + (
            f'; nothing has come on {", ".join(silent)}' if silent else ''
        )

    def stop(self) -> None:
        """Take no more, and make the recording readable; without pairs, or of a bad rig, it vanishes.

        :raises OSError: the index could not be written
        """
        while self._subscriptions:
            self._node.destroy_subscription(self._subscriptions.pop())
        self._bag.close(keep=not self._unfit)

    def _subscribe(self, message_type: type, topic: str, callback: Callable[[Any], None]) -> Subscription:
        return self._node.create_subscription(
            message_type,
            topic,
            callback,
            QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
        )

    def _keep_info(self, side: str, info: CameraInfo) -> None:
        self._infos[side] = info

    def _take(self, side: str, message: AnyImage) -> None:
        if self.ended_by is not None:
            return
        self._seen.add(side)
        pair = self._matcher.offer(side, stamp_of(message), message)
        try:
            if pair is not None and self._is_wanted(pair[0]):
                self._check_rig(pair)
                self._write(pair)
        except (CalibrationError, DataError) as error:
            self.ended_by, self._unfit = f'this rig cannot teach, and its pairs were not kept: {error}', True
        except ImageError as error:
            self._node.get_logger().error(f'not recorded: {error}', throttle_duration_sec=_REPEAT_AFTER)
        except Exception as error:
            # A full disk, most of all. The node stops this recording at its next look.
            self.ended_by = f'{error}'

    def _is_wanted(self, left: AnyImage) -> bool:
        if len(self._infos) < len(SIDES):
            self._without_info += 1
            self._node.get_logger().warning(
                f'not recorded: calibration expected on {" and ".join(self._topics[:2])}',
                throttle_duration_sec=_REPEAT_AFTER,
            )
            return False
        stamp = stamp_of(left)
        return not self._choice.is_too_soon(stamp) and self._choice.keeps(_gray(left), stamp)

    def _check_rig(self, pair: tuple[AnyImage, AnyImage]) -> None:
        if self._rig is None:
            self._rig = RigCheck(
                *(
                    ImageTopic(name, isinstance(image, CompressedImage), info_name, self._infos[side])
                    for side, name, info_name, image in zip(SIDES, self._topics[2:], self._topics[:2], pair)
                )
            )
        if not self._rig.is_done:
            self._rig.add_pair(*map(_gray, pair))

    def _write(self, pair: tuple[AnyImage, AnyImage]) -> None:
        infos = [self._infos[side] for side in SIDES]
        for info, image in zip(infos, pair):
            info.header.stamp = image.header.stamp  # a late-comer's, where calibration is sent once
        messages = [
            (topic, f'sensor_msgs/msg/{type(message).__name__}', bytes(serialize_message(message)))
            for topic, message in zip(self._topics, (*infos, *pair))
        ]
        self._bag.write(messages, time.time_ns())


def _describe(counts: Mapping[str, int]) -> str:
    others = ', '.join(f'{number} {reason}' for reason, number in counts.items() if reason != KEPT and number)
    return f'{counts[KEPT]} pairs kept' + (f' ({others})' if others else '')


def _gray(message: AnyImage) -> np.ndarray:
    image = (image_from_compressed if isinstance(message, CompressedImage) else image_from_message)(message)
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
