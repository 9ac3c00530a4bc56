# SPDX-License-Identifier: Apache-2.0
"""Processes one frame, from its message to the published outputs."""

import time
from functools import partial

import numpy as np
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.inference.estimator import Estimator, Steady
from optidepthnet_ros.inference.temporal_filter import TemporalFilter
from optidepthnet_ros.messages.compressed_image import compressed_size, image_from_compressed
from optidepthnet_ros.messages.header import Stamped, nanoseconds, stamp_of
from optidepthnet_ros.messages.image import ImageError
from optidepthnet_ros.messages.image_size import check_size
from optidepthnet_ros.ros.conversions.image_decoder import ImageDecoder, proven_encodings
from optidepthnet_ros.ros.depth_node.calibrations import Calibrations
from optidepthnet_ros.ros.depth_node.frame_camera import FrameCamera, FrameCameras
from optidepthnet_ros.ros.depth_node.frame_statistics import PREPARING, UNHEARD, FrameStatistics, FrameTimes
from optidepthnet_ros.ros.depth_node.input_watch import InputWatch
from optidepthnet_ros.ros.depth_node.outputs import DepthOutputs
from optidepthnet_ros.ros.depth_node.parameters import Parameters
from optidepthnet_ros.ros.depth_node.preparation import Preparation
from optidepthnet_ros.ros.depth_node.scale.node_scale import NodeScale
from optidepthnet_ros.ros.support.log import REPEAT_AFTER
from optidepthnet_ros.scale.correction import IDENTITY, Correction


class DepthPipeline:
    """Decodes a frame, estimates its depth and publishes it, in the thread that calls :meth:`process`.

    ``parameters`` and ``estimator`` may be replaced at any time, with effect from the next frame. ``camera`` and
    ``calibration_error`` are those of the last frame.
    """

    def __init__(
        self,
        node: LifecycleNode,
        estimator: Estimator,
        outputs: DepthOutputs,
        parameters: Parameters,
        calibrations: Calibrations,
        statistics: FrameStatistics,
        scale: NodeScale | None,
    ):
        self.parameters = parameters
        self.estimator = estimator
        self.camera: FrameCamera | None = None
        self.calibration_error: CalibrationError | None = None
        self._node = node
        self._outputs = outputs
        self._calibrations = calibrations
        self._statistics = statistics
        self._scale = scale
        self._cameras = FrameCameras()
        self.input = InputWatch()
        self._filter = TemporalFilter()
        self._preparation = Preparation(node.get_logger())
        self._decode = ImageDecoder(proven_encodings(node.get_logger()))
        self._warned_of_distortion = False

    @property
    def is_preparing(self) -> bool:
        """Whether the runtime is being made ready for a camera."""
        return self._preparation.is_running

    def take_calibration(self, info: CameraInfo) -> None:
        """Keep a calibration for its frames, and make the runtime ready for its camera."""
        self._calibrations.take(info)
        self._preparation.calibration_came(info, self.estimator, self.parameters.rectify)

    def process(self, message: Image | CompressedImage, waited: float) -> None:
        """Publish the depth of one frame; if something is wrong with it, count and log that, and raise nothing.

        :param waited: seconds that it waited in the queue
        """
        log = self._node.get_logger()
        try:
            self._publish_depth_of(message, waited)
        except CalibrationError as error:
            self.calibration_error = error
            self._statistics.dropped(f'calibration {error.state}')
            topic = self._node.resolve_topic_name('camera_info')
            log.warning(f'no depth, calibration expected on {topic}: {error}', throttle_duration_sec=REPEAT_AFTER)
        except _WrongAge as error:
            self._statistics.dropped('too old or from the future')
            log.warning(f'frame dropped: {error}', throttle_duration_sec=REPEAT_AFTER)
        except ImageError as error:
            self._statistics.dropped('bad image')
            log.error(f'frame dropped: {error}', throttle_duration_sec=REPEAT_AFTER)
        except Exception as error:
            if self._node.context.ok():  # a signal shuts the context down first, which ends all publishing
                self._statistics.dropped('failure')
                log.error(f'frame dropped: {type(error).__name__}: {error}', throttle_duration_sec=REPEAT_AFTER)

    def _publish_depth_of(self, message: Image | CompressedImage, waited: float) -> None:
        start = time.monotonic()
        parameters, estimator = self.parameters, self.estimator
        self._check_age(message, parameters.max_frame_age)
        compressed = isinstance(message, CompressedImage)
        width, height = compressed_size(message) if compressed else (message.width, message.height)
        check_size(width, height, parameters.max_image_pixels, 'publish smaller ones, or raise max_image_pixels')
        frame = self._camera_of(message.header, width, height, parameters)
        if not (self._outputs.need_depth() or (self._scale is not None and self._scale.is_heard())):
            self._outputs.publish_camera(message.header, frame.camera)
            self._statistics.dropped(UNHEARD)
            return
        if self._preparation.delays(estimator, frame.camera):
            # Frames of a camera that is ready must not queue behind it.
            self._statistics.dropped(PREPARING)
            return
        image = image_from_compressed(message, parameters.max_image_pixels) if compressed else self._decode(message)
        if frame.rectifier is not None:
            image = frame.rectifier(image)
        seen = estimator.as_seen(image)
        is_unusable = self._is_unusable(seen, parameters)
        estimate = estimator.estimate(
            seen,
            frame.camera,
            confidence=self._outputs.need_confidence(parameters),
            steadied=self._steadied(message.header, estimator, frame, parameters.temporal_filter),
        )
        if frame.unseen is not None:
            estimate.depth[frame.unseen] = np.nan
        if is_unusable:
            estimate.depth.fill(np.nan)
            self._filter.forget()
            if estimate.confidence is not None:
                estimate.confidence.fill(0)
        correction = IDENTITY if estimate.relative else calibrated_scale(parameters, estimator.digest)
        correction.depth(estimate.depth, out=estimate.depth)
        marks = None
        if self._scale is not None:
            scaled = self._scale.correct(message.header, estimate, image, parameters)
            estimate, correction, marks = scaled.estimate, scaled.correction.after(correction), scaled.marks
        inferred = time.monotonic()
        self._outputs.publish(message.header, estimate, image, parameters, correction, marks)
        self._statistics.published(
            FrameTimes(waited, inferred - start, time.monotonic() - inferred, self._age(message))
        )

    def _camera_of(self, header: Header, width: int, height: int, parameters: Parameters) -> FrameCamera:
        info = self._calibrations.of_frame(header)
        frame = self._cameras.of_frame(info, width, height, parameters.rectify)
        self.camera, self.calibration_error = frame, None
        if not (parameters.rectify or self._warned_of_distortion) and np.any(info.d):
            self._warned_of_distortion = True
            self._warn_of_distortion()
        return frame

    def _steadied(self, header: Header, estimator: Estimator, frame: FrameCamera, strength: float) -> Steady | None:
        """Return the temporal filter for the next disparity of this camera and network; None: no filter."""
        if not strength:
            self._filter.forget()
            return None
        source, seconds = (estimator, header.frame_id, frame.camera), 1e-9 * nanoseconds(header.stamp)
        return partial(self._filter, source=source, seconds=seconds, strength=strength)

    def _is_unusable(self, image: np.ndarray, parameters: Parameters) -> bool:
        """Whether the image is unusable; if so, log it from time to time."""
        if not parameters.input_check:
            self.input.forget()
        elif problem := self.input.judge(image, parameters.max_identical_frames):
            self._node.get_logger().warning(
                f'depth is unknown: the image is {problem}; {self.input.remedy()}', throttle_duration_sec=REPEAT_AFTER
            )
        return bool(self.input.problem)

    def _warn_of_distortion(self) -> None:
        """Warn of a likely mistake: only the topic name can show whether these are the rectified images."""
        topic = self._node.resolve_topic_name('image')
        if 'rect' not in topic:
            self._node.get_logger().warning(
                f'camera_info has lens distortion, and the name of {topic} does not say that its images are rectified: '
                'unless they are, depth is wrong; set the parameter rectify to true, or remap image to the rectified '
                'topic'
            )

    def _age(self, message: Stamped) -> float:
        """Return seconds since a frame's stamp, by the node's clock."""
        # Without rclpy's Time, which rejects stamps before 1970.
        return (self._node.get_clock().now().nanoseconds - stamp_of(message)) / 1e9

    def _check_age(self, message: Stamped, limit: float) -> None:
        if not limit:
            return
        age = self._age(message)
        if abs(age) > limit:
            raise _WrongAge(
                f"its stamp is {age:.3f} s old by the node's clock, and max_frame_age is {limit:g} s: "
                'synchronise the clocks of camera and node, and check use_sim_time'
            )


def calibrated_scale(parameters: Parameters, digest: str) -> Correction:
    """Return the correction that was measured beforehand; none if it was measured with another checkpoint.

    :param digest: SHA-256 of the checkpoint in use
    """
    if parameters.scale_model not in ('', digest):
        return IDENTITY
    return Correction(parameters.scale_factor, parameters.scale_shift)


class _WrongAge(Exception):
    """A frame that is too old, or from the future, which is impossible with correct clocks."""
