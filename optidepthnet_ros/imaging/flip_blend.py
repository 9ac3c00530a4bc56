# SPDX-License-Identifier: Apache-2.0
"""Blends the disparity maps of an image and of its mirror image (Godard et al., CVPR 2017, section 4)."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # numpy's callers need no torch
    import numpy as np
    import torch

Array = TypeVar('Array', 'np.ndarray', 'torch.Tensor')

_BORDER = 0.05  # of the width: only one map counts here; over the next 5 % the blend goes to one half each


def blend(plain: Array, mirror: Array, position: Array) -> Array:
    """Blend two disparity maps of one image: numpy arrays or torch tensors.

    :param plain: (..., H, W)
    :param mirror: (..., H, W), of the mirrored image, mirrored back
    :param position: (W,), position of each column, 0 at the left border and 1 at the right
    """
    left = 1 - ((position - _BORDER) / _BORDER).clip(0, 1)
    right = 1 - ((1 - position - _BORDER) / _BORDER).clip(0, 1)
    share = (1 + right - left) / 2
    return share * plain + (1 - share) * mirror
