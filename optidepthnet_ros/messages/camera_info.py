# SPDX-License-Identifier: Apache-2.0
"""From sensor_msgs/CameraInfo to the cameras of its image, before and after rectification."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from optidepthnet_ros.geometry.camera import CalibrationError, Camera, check_matrix
from optidepthnet_ros.geometry.rectification import Lens
from optidepthnet_ros.messages.header import Header

_STEEPEST = 10.0  # x/z or y/z of a pixel's ray; no lens comes near it, and lateral metres would be meaningless


class RegionOfInterest(Protocol):
    """The fields of sensor_msgs/RegionOfInterest that are read."""

    x_offset: int
    y_offset: int
    height: int
    width: int


class CameraInfo(Protocol):
    """The fields of sensor_msgs/CameraInfo that are read, from any source."""

    header: Header
    height: int
    width: int
    distortion_model: str
    d: list[float]
    k: list[float]
    r: list[float]
    p: list[float]
    binning_x: int
    binning_y: int
    roi: RegionOfInterest


def camera_from_info(info: CameraInfo, width: int, height: int) -> Camera:
    """Read the rectified camera of an image of the given size, with ROI and binning applied in this order.

    P is used; K replaces it only if P is zero and the lens has no distortion. An image of another
    size is taken to be scaled if its aspect ratio agrees to within a pixel.

    :raises CalibrationError: no calibration, an invalid one, or one for an image with another aspect ratio
    """
    return _of_image(Camera.from_projection(info.width, info.height, _projection(info)), info, width, height)


def raw_camera_from_info(info: CameraInfo, width: int, height: int) -> Camera:
    """Read the camera before rectification (K), of an image of the given size; otherwise as :func:`camera_from_info`.

    :raises CalibrationError: as there
    """
    if not np.any(info.k):
        raise _lacks('no K' if np.any(info.p) else 'neither K nor P')
    k = np.reshape(info.k, (3, 3))
    full = Camera(info.width, info.height, *map(float, (k[0, 0], k[1, 1], k[0, 2], k[1, 2])))
    check_matrix('K', k)
    return _of_image(full, info, width, height)


def rectified_camera_from_info(info: CameraInfo, width: int, height: int) -> Camera:
    """Read the camera that an image is to be rectified to: P, or K if P is zero; otherwise as camera_from_info.

    :raises CalibrationError: as there
    """
    read = camera_from_info if np.any(info.p) else raw_camera_from_info
    return read(info, width, height)


def lens_from_info(info: CameraInfo, width: int, height: int) -> Lens:
    """Read how an unrectified image of the given size was taken. R and P may both be omitted (zeros).

    :raises CalibrationError: as :func:`camera_from_info`, and as :class:`Lens`
    """
    rotation = np.reshape(info.r, (3, 3)) if np.any(info.r) or np.any(info.p) else np.eye(3)
    return Lens(
        raw_camera_from_info(info, width, height), info.distortion_model, np.asarray(info.d, np.float64), rotation
    )


def content_of(info: CameraInfo) -> tuple[object, ...]:
    """Return everything but the stamp, for comparison; NaN equals NaN here."""
    roi = info.roi
    return (
        info.header.frame_id,
        info.height,
        info.width,
        info.distortion_model,
        *(np.asarray(values).tobytes() for values in (info.d, info.k, info.r, info.p)),
        info.binning_x,
        info.binning_y,
        roi.x_offset,
        roi.y_offset,
        roi.height,
        roi.width,
    )


def _of_image(full: Camera, info: CameraInfo, width: int, height: int) -> Camera:
    """Apply ROI, binning and scale to the camera of the full sensor image."""
    camera = _binned(_region(full, info), info)
    _check_rays(camera)
    if (camera.width, camera.height) == (width, height):
        return camera
    column_error = abs(height * camera.width / camera.height - width)
    row_error = abs(width * camera.height / camera.width - height)
    if min(column_error, row_error) >= 1:
        raise CalibrationError(
            f'camera_info is for {camera.width}x{camera.height} pixels, the image has {width}x{height}: '
            'publish the camera_info of this image, with its roi and binning',
            'other aspect',
        )
    return camera.resized(width, height)


def _check_rays(camera: Camera) -> None:
    # Only the corners are checked, since the size may be any number.
    steepest = max(
        max(centre, size - 1 - centre) / focal
        for size, centre, focal in ((camera.width, camera.cx, camera.fx), (camera.height, camera.cy, camera.fy))
    )
    if not steepest <= _STEEPEST:
        raise CalibrationError(
            f'camera_info has focal length {camera.fx:g}, {camera.fy:g} and principal point {camera.cx:g}, '
            f'{camera.cy:g}: pixels of its {camera.width}x{camera.height} would look more than 84 degrees aside: '
            'calibrate the camera'
        )


def _projection(info: CameraInfo) -> ArrayLike:
    if np.any(info.p):
        return info.p
    if not np.any(info.k):
        raise _lacks('neither K nor P')
    if np.any(info.d):
        raise CalibrationError(
            'camera_info has distortion but no P, so the image is not rectified: '
            'rectify it, in depth_node by its parameter rectify or with image_proc, and remap '
            'image to the rectified topic',
            'not rectified',
        )
    return np.insert(np.reshape(info.k, (3, 3)), 3, 0.0, axis=1)


def _lacks(what: str) -> CalibrationError:
    return CalibrationError(
        f'camera_info has {what}: calibrate the camera, for example with camera_calibration, '
        'and let its driver publish the result',
        'all zero',
    )


def _region(camera: Camera, info: CameraInfo) -> Camera:
    """Apply the ROI, which is in pixels before binning; all zero means the full image."""
    roi = info.roi
    if not (roi.width or roi.height or roi.x_offset or roi.y_offset):
        return camera
    if roi.x_offset + roi.width > camera.width or roi.y_offset + roi.height > camera.height:
        raise CalibrationError(
            f'the roi of camera_info ({roi.width}x{roi.height} at {roi.x_offset}, {roi.y_offset}) reaches beyond '
            f'its {camera.width}x{camera.height} pixels: width and height are those of the full sensor image'
        )
    return camera.cropped(roi.x_offset, roi.y_offset, roi.width, roi.height)


def _binned(camera: Camera, info: CameraInfo) -> Camera:
    """Apply the binning, where 0 means 1."""
    return camera.binned(max(1, info.binning_x), max(1, info.binning_y))
