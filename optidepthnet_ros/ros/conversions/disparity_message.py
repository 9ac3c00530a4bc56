# SPDX-License-Identifier: Apache-2.0
"""From depth to stereo_msgs/DisparityImage, as if a stereo camera with the network's baseline had seen it."""

import numpy as np
from stereo_msgs.msg import DisparityImage

from optidepthnet_ros.geometry.confidence import PRECISION
from optidepthnet_ros.inference import DepthEstimate
from optidepthnet_ros.ros.conversions.image_message import write_image

UNKNOWN = np.float32(-1)  # as in stereo_image_proc where it finds no match; anything below min_disparity is invalid


def write_disparity(
    message: DisparityImage, depth: np.ndarray, estimate: DepthEstimate, min_depth: float, max_depth: float
) -> None:
    """Write disparities in pixels, f * t / depth, into a message that may be reused; its header is not changed.

    Unknown and too near become ``UNKNOWN``, too far becomes 0: both are below ``min_disparity``.

    :param depth: (H, W) float32 metres, range limits applied
    :param estimate: from which the depth was made
    :param min_depth: metres; when 0, the disparity range ends at the width of the image
    """
    camera = estimate.view.camera
    message.f, message.t = camera.fx, estimate.baseline
    scale = np.float32(message.f) * np.float32(message.t)
    with np.errstate(divide='ignore'):
        disparity = scale / depth
    np.copyto(disparity, UNKNOWN, where=~(depth > 0))
    write_image(message.image, disparity, '32FC1')
    message.image.header = message.header
    message.min_disparity = float(scale / max_depth)
    message.max_disparity = float(min(scale / min_depth if min_depth else np.inf, camera.width))
    message.delta_d = PRECISION * estimate.network_pixel[1]
    rows, columns = estimate.view.rows, estimate.view.columns
    window = message.valid_window
    window.x_offset, window.y_offset = columns.start, rows.start
    window.width, window.height = columns.stop - columns.start, rows.stop - rows.start
