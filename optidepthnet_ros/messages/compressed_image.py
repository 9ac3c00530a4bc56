# SPDX-License-Identifier: Apache-2.0
"""From sensor_msgs/CompressedImage to the 8-bit BGR or gray array that the estimator takes."""

from typing import Protocol

import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError, decode_as_stored
from optidepthnet_ros.files.image_header import MAX_PIXELS, encoded_size
from optidepthnet_ros.messages.image import ImageError
from optidepthnet_ros.messages.image_size import check_size


class CompressedImage(Protocol):
    """The fields of sensor_msgs/CompressedImage that are read, from any source."""

    format: str
    data: bytes | memoryview  # or another buffer of bytes


def compressed_size(message: CompressedImage) -> tuple[int, int]:
    """Return width and height of a JPEG or PNG image, without decoding it.

    :raises ImageError: not a JPEG or PNG image
    """
    try:
        return encoded_size(memoryview(message.data))
    except ValueError as error:
        raise ImageError(
            f"compressed image of format '{message.format}': not a readable image ({error}): publish JPEG or PNG"
        ) from None


def image_from_compressed(message: CompressedImage, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """Decode a JPEG or PNG image, which is recognised by its content, not by ``format``.

    16-bit values are reduced to their upper byte.

    :return: uint8 (H, W, 3) BGR or (H, W) gray
    :raises ImageError: not such an image, a damaged one, or one with too many pixels
    """
    check_size(*compressed_size(message), max_pixels)
    try:
        image = decode_as_stored(bytes(message.data))
    except ImageFileError as error:
        raise ImageError(f"compressed image of format '{message.format}': {error}") from None
    return (image >> 8).astype(np.uint8) if image.dtype == np.uint16 else image
