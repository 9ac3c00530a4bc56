# SPDX-License-Identifier: Apache-2.0
"""How large an image may be, whoever sends it."""

from optidepthnet_ros.messages.image import ImageError


def check_size(width: int, height: int, max_pixels: int, remedy: str = 'publish smaller ones') -> None:
    """Refuse an image that takes too much memory and time.

    :param remedy: for the message
    :raises ImageError: it has more pixels
    """
    if width * height > max_pixels:
        raise ImageError(f'an image of {width}x{height} has more than {max_pixels} pixels: {remedy}')
