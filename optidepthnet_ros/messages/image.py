# SPDX-License-Identifier: Apache-2.0
"""From sensor_msgs/Image to the 8-bit BGR or gray array that the estimator takes."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np


class ImageError(ValueError):
    """An image message cannot be decoded; the text says what is wrong with it and what to publish."""


class Image(Protocol):
    """The fields of sensor_msgs/Image that are read, from rclpy or from a bag reader."""

    height: int
    width: int
    encoding: str
    is_bigendian: int
    step: int
    data: bytes  # or another buffer of bytes


@dataclass(frozen=True)
class _Layout:
    """The pixel layout of an encoding, and OpenCV's conversion to BGR (None: it is BGR or gray already)."""

    channels: int
    bytes_per_channel: int = 1
    to_bgr: int | None = None
    half_height_planes: int = 0  # below the pixels: rows of colour values that each serve two rows of pixels


# OpenCV names a Bayer pattern from its second row and second column on, ROS from its first pixel on.
_BAYER = {
    'rggb': cv2.COLOR_BayerBG2BGR,
    'bggr': cv2.COLOR_BayerRG2BGR,
    'gbrg': cv2.COLOR_BayerGR2BGR,
    'grbg': cv2.COLOR_BayerGB2BGR,
}

# These are numpy views, apart from the order of channels.
_VIEWS = {
    'bgr8': _Layout(3),
    'rgb8': _Layout(3, to_bgr=cv2.COLOR_RGB2BGR),
    'bgra8': _Layout(4, to_bgr=cv2.COLOR_BGRA2BGR),
    'rgba8': _Layout(4, to_bgr=cv2.COLOR_RGBA2BGR),
    'mono8': _Layout(1),
    'mono16': _Layout(1, bytes_per_channel=2),
    'bgr16': _Layout(3, bytes_per_channel=2),
    'rgb16': _Layout(3, bytes_per_channel=2, to_bgr=cv2.COLOR_RGB2BGR),
    'bgra16': _Layout(4, bytes_per_channel=2, to_bgr=cv2.COLOR_BGRA2BGR),
    'rgba16': _Layout(4, bytes_per_channel=2, to_bgr=cv2.COLOR_RGBA2BGR),
    '8UC1': _Layout(1),
    '8UC3': _Layout(3),
}
_CONVERTED = {
    **{f'bayer_{name}8': _Layout(1, to_bgr=code) for name, code in _BAYER.items()},
    **{f'bayer_{name}16': _Layout(1, bytes_per_channel=2, to_bgr=code) for name, code in _BAYER.items()},
    # Two pixels share a pair of colour values: U Y V Y, and Y U Y V.
    'yuv422': _Layout(2, to_bgr=cv2.COLOR_YUV2BGR_UYVY),
    'uyvy': _Layout(2, to_bgr=cv2.COLOR_YUV2BGR_UYVY),
    'yuv422_yuy2': _Layout(2, to_bgr=cv2.COLOR_YUV2BGR_YUY2),
    'yuyv': _Layout(2, to_bgr=cv2.COLOR_YUV2BGR_YUY2),
    'nv12': _Layout(1, to_bgr=cv2.COLOR_YUV2BGR_NV12, half_height_planes=1),
    'nv21': _Layout(1, to_bgr=cv2.COLOR_YUV2BGR_NV21, half_height_planes=1),
}
_LAYOUTS = {**_VIEWS, **_CONVERTED}
ENCODINGS, CONVERTED = tuple(_LAYOUTS), tuple(_CONVERTED)


def row_bytes(encoding: str, width: int) -> int:
    """Return the bytes of a row of pixels without padding.

    :param encoding: one of ``ENCODINGS``
    """
    layout = _LAYOUTS[encoding]
    return width * layout.channels * layout.bytes_per_channel


def image_from_message(message: Image) -> np.ndarray:
    """Decode an image; 16-bit values are reduced to their upper byte.

    :return: uint8 (H, W, 3) BGR or (H, W) gray; for bgr8 and mono8, a view of the message: do not write to it
    :raises ImageError: the encoding is not in ``ENCODINGS``, or size, step and data contradict each other
    """
    layout = _LAYOUTS.get(message.encoding)
    if layout is None:
        raise ImageError(f"image encoding '{message.encoding}' is not supported: publish one of {', '.join(ENCODINGS)}")
    pixels = _upper_bytes(_view(message, layout), message.is_bigendian)
    if layout.channels == 1:
        pixels = pixels[..., 0]
    if layout.to_bgr is None:
        return pixels
    try:
        return cv2.cvtColor(np.ascontiguousarray(pixels), layout.to_bgr)
    except cv2.error as error:
        raise ImageError(
            f'a {_describe(message)} cannot be converted to bgr8 ({error.err}): '
            'publish an even width and height of at least 4 pixels'
        ) from None


def _view(message: Image, layout: _Layout) -> np.ndarray:
    """View the data as (rows, W, channels, bytes per channel) without a copy, leaving out the rows' padding."""
    rows = message.height + layout.half_height_planes * message.height // 2
    row = row_bytes(message.encoding, message.width)
    if not (message.width and message.height):
        raise ImageError(f'a {_describe(message)} has no pixels: check the camera driver')
    if message.step < row:
        raise ImageError(
            f'a {_describe(message)} has a step of {message.step} bytes, but a row needs {row}: '
            'set step to the bytes from one row to the next'
        )
    needed = message.step * rows
    if len(message.data) < needed:
        raise ImageError(
            f'a {_describe(message)} with a step of {message.step} has {len(message.data)} bytes of data, '
            f'but needs {needed}: the message was cut short or its size is wrong'
        )
    padded = np.frombuffer(message.data, np.uint8, needed).reshape(rows, message.step)
    return padded[:, :row].reshape(rows, message.width, layout.channels, layout.bytes_per_channel)


def _upper_bytes(values: np.ndarray, is_bigendian: int) -> np.ndarray:
    if values.shape[-1] == 1:
        return values[..., 0]
    return np.ascontiguousarray(values[..., 0 if is_bigendian else 1])


def _describe(message: Image) -> str:
    return f'{message.width}x{message.height} {message.encoding} image'
