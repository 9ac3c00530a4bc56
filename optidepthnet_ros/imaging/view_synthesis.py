# SPDX-License-Identifier: Apache-2.0
"""Reconstructs one view of a stereo pair from the other one, by differentiable sampling along the row."""

import torch
from torch.nn import functional as F


def warp_left_from_right(right: torch.Tensor, left_disparity: torch.Tensor) -> torch.Tensor:
    """Reconstruct the left view: pixel x of the left image is at x - disparity in the right one.

    :param right: (N, C, H, W)
    :param left_disparity: (N, 1, H, W), fractions of image width
    :return: (N, C, H, W); zero where the right view does not reach
    """
    return _sample_row(right, -left_disparity)


def warp_right_from_left(left: torch.Tensor, right_disparity: torch.Tensor) -> torch.Tensor:
    """Reconstruct the right view, as :func:`warp_left_from_right` does with the left one."""
    return _sample_row(left, right_disparity)


def _sample_row(image: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    """Bilinear samples of ``image`` at x + shift; the border is zero (Godard et al., with a zero border)."""
    _, _, height, width = image.shape
    x = (torch.arange(width, device=shift.device, dtype=shift.dtype) + 0.5) * (2 / width) - 1
    y = (torch.arange(height, device=shift.device, dtype=shift.dtype) + 0.5) * (2 / height) - 1
    columns = x + 2 * shift[:, 0]
    grid = torch.stack((columns, y[:, None].expand_as(columns)), dim=-1)
    return F.grid_sample(image, grid, mode='bilinear', padding_mode='zeros', align_corners=False)
