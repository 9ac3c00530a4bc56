# SPDX-License-Identifier: Apache-2.0
"""Which pixels the other view of a pair also sees, according to the disparities: other pixels cannot be matched.

A surface with a disparity that is larger by n pixels hides n pixels of the background from the other view: to its left
in the left view, and to its right in the right view. Also, each view sees a margin that the other one does not.
"""

import torch

MARGIN = 1.0  # pixels of disparity; a smaller difference is the same surface
MAX_LEFT_OUT = 1 / 3  # of an image; wide baselines indoors come close to it


def seen_by_right(left_disparity: torch.Tensor) -> torch.Tensor:
    """Return which pixels of the left view the right view sees.

    Every pixel is moved to its position in the right view. If several pixels meet there, the nearest one is seen.
    A network therefore cannot reduce its loss by hiding everything: at every position that any pixel reaches, one
    pixel counts; a map without jumps hides nothing inside the image; and a map that would leave out more than
    ``MAX_LEFT_OUT`` of its image is rejected, so that all pixels of that image count. There is no gradient.

    :param left_disparity: (N, 1, H, W), fractions of image width
    :return: bool (N, 1, H, W)
    """
    return _seen(left_disparity.detach(), -1)


def seen_by_left(right_disparity: torch.Tensor) -> torch.Tensor:
    """Return which pixels of the right view the left view sees, as :func:`seen_by_right` does."""
    return _seen(right_disparity.detach(), 1)


def _seen(disparity: torch.Tensor, direction: int) -> torch.Tensor:
    width = disparity.shape[-1]
    shift = disparity * width
    landing = torch.arange(width, device=shift.device, dtype=shift.dtype) + direction * shift
    inside = (landing >= 0) & (landing <= width - 1)
    landing = landing.clamp(0, width - 1)
    nearest = torch.zeros_like(shift)
    for column in (landing.floor(), landing.ceil()):  # both, because a surface may be stretched in the other view
        nearest.scatter_reduce_(-1, column.long(), shift * inside, 'amax')
    seen = inside & (shift >= nearest.gather(-1, landing.round().long()) - MARGIN)
    believed = seen.float().mean(dim=(1, 2, 3), keepdim=True) >= 1 - MAX_LEFT_OUT
    return seen | ~believed
