# SPDX-License-Identifier: Apache-2.0
"""Edge-aware smoothness: disparity may jump where the image does (Godard et al., section 3.3, equation 3)."""

import torch


def smoothness_loss(disparity: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
    """Mean of |d disparity| * exp(-|d image|) along x plus the same along y; a scalar.

    :param disparity: (N, 1, H, W)
    :param image: (N, C, H, W) in 0..1
    """
    return _along(disparity, image, 2) + _along(disparity, image, 3)


def _along(disparity: torch.Tensor, image: torch.Tensor, axis: int) -> torch.Tensor:
    image_step = torch.diff(image, dim=axis).abs().mean(dim=1, keepdim=True)
    return (torch.diff(disparity, dim=axis).abs() * torch.exp(-image_step)).mean()
