# SPDX-License-Identifier: Apache-2.0
"""Left-right consistency: both disparity maps must show the same surface (Godard et al., section 3.3, eq. 4)."""

import torch

from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right, warp_right_from_left


def consistency_loss(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Mean difference between each disparity map and the other one, warped to its view; a scalar.

    :param left: (N, 1, H, W), left disparity as fractions of width
    :param right: (N, 1, H, W)
    """
    return (left - warp_left_from_right(right, left)).abs().mean() + (
        right - warp_right_from_left(left, right)
    ).abs().mean()
