"""One frame from its message to what is published about it."""

from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import CameraInfo, Image

from optidepthnet_ros.camera import CalibrationError, Camera
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.ros.camera_info import camera_from_info
from optidepthnet_ros.ros.image_conversion import ImageError, image_from_message
from optidepthnet_ros.ros.outputs import DepthOutputs
from optidepthnet_ros.ros.parameters import Parameters

_REPEAT_AFTER = 5.0  # seconds until the same kind of complaint may come again


class DepthPipeline:
    """Decodes a frame, estimates its depth and publishes it, in whatever thread calls :meth:`process`.

    ``parameters`` and ``info``, the latest calibration, may be replaced at any time and count from the next frame.
    """

    def __init__(self, node: LifecycleNode, estimator: DepthEstimator, outputs: DepthOutputs, parameters: Parameters):
        self.parameters = parameters
        self.info: CameraInfo | None = None
        self._node = node
        self._estimator = estimator
        self._outputs = outputs

    def process(self, message: Image) -> None:
        """Publish the depth of one frame; when something is wrong with it, log what and raise nothing."""
        log = self._node.get_logger()
        try:
            self._publish_depth_of(message)
        except CalibrationError as error:
            topic = self._node.resolve_topic_name('camera_info')
            log.warning(f'no depth for {message.width}x{message.height} images, calibration expected on {topic}: '
                        f'{error}', throttle_duration_sec=_REPEAT_AFTER)
        except ImageError as error:
            log.error(f'frame dropped: {error}', throttle_duration_sec=_REPEAT_AFTER)
        except Exception as error:
            if self._node.context.ok():  # a signal ends the context first, and with it all publishing
                log.error(f'frame dropped: {type(error).__name__}: {error}', throttle_duration_sec=_REPEAT_AFTER)

    def _publish_depth_of(self, message: Image) -> None:
        parameters = self.parameters
        camera = self._camera_of(message)
        if not self._outputs.need_depth():
            self._outputs.publish_camera(message.header, camera)
            return
        image = image_from_message(message)
        estimate = self._estimator.estimate(image, camera, confidence=self._outputs.need_confidence(parameters))
        self._outputs.publish(message.header, estimate, image, parameters)

    def _camera_of(self, message: Image) -> Camera:
        # The latest calibration counts: a frame waits for nothing, and calibrations rarely change.
        info = self.info
        if info is None:
            raise CalibrationError('none has come yet: publish it there, or remap camera_info')
        return camera_from_info(info, message.width, message.height)
