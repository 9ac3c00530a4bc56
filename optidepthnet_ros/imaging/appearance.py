# SPDX-License-Identifier: Apache-2.0
"""Appearance matching: difference of a reconstructed view from the real one (Godard et al., section 3.3, eq. 2)."""

import torch
from torch.nn import functional as F

SSIM_SHARE = 0.85
C1, C2 = 0.01**2, 0.03**2


def appearance_error(rebuilt: torch.Tensor, image: torch.Tensor, ssim_share: float = SSIM_SHARE) -> torch.Tensor:
    """Per-pixel error ``share * (1 - SSIM) / 2 + (1 - share) * L1``.

    :param rebuilt: (N, C, H, W) in 0..1
    :param image: (N, C, H, W) in 0..1
    :return: (N, 1, H, W), in 0..1
    """
    ssim = ((1 - structural_similarity(rebuilt, image)) / 2).clamp(0, 1)
    error = ssim_share * ssim + (1 - ssim_share) * (rebuilt - image).abs()
    return error.mean(dim=1, keepdim=True)


def structural_similarity(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """SSIM over 3x3 windows with uniform weights (Wang et al. 2004), reflected at the border; the shape of x."""

    def window_mean(t: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(F.pad(t, (1, 1, 1, 1), mode='reflect'), 3, 1)

    mean_x, mean_y = window_mean(x), window_mean(y)
    variance_x = window_mean(x * x) - mean_x * mean_x
    variance_y = window_mean(y * y) - mean_y * mean_y
    covariance = window_mean(x * y) - mean_x * mean_y
    return (
        (2 * mean_x * mean_y + C1)
        * (2 * covariance + C2)
        / ((mean_x * mean_x + mean_y * mean_y + C1) * (variance_x + variance_y + C2))
    )
