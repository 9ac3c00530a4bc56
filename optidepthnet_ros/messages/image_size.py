# SPDX-License-Identifier: Apache-2.0
"""Limits the size of images from any sender."""

from optidepthnet_ros.messages.image import ImageError


def check_size(width: int, height: int, max_pixels: int, remedy: str = 'publish smaller ones') -> None:
    """Reject an image that would take too much memory and time.

    :param remedy: what to do, for the error message
    :raises ImageError: it has more pixels
    """
    if width * height > max_pixels:
        raise ImageError(f'an image of {width}x{height} has more than {max_pixels} pixels: {remedy}')
