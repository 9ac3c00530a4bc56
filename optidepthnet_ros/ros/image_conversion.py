"""From sensor_msgs/Image to an array; the decoding itself needs no ROS and serves bags as well."""

from optidepthnet_ros.messages.image import ENCODINGS, ImageError, image_from_message

__all__ = ['ENCODINGS', 'ImageError', 'image_from_message']
