"""How large an image may be, whoever sends it."""

from optidepthnet_ros.messages.image import ImageError


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Refuse an image that takes too much memory and time.

    :raises ImageError: it has more pixels
    """
    if width * height > max_pixels:
        raise ImageError(
            f'{width}x{height} is more than {max_pixels} pixels: publish smaller images, or raise max_image_pixels'
        )
