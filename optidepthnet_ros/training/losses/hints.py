# SPDX-License-Identifier: Apache-2.0
"""Stereo matching as a hint, used only where it explains the image better (Watson et al., ICCV 2019)."""

from collections.abc import Callable

import torch

from optidepthnet_ros.imaging.appearance import appearance_error


@torch.no_grad()
def better_hints(
    hint: torch.Tensor, disparity: torch.Tensor, image: torch.Tensor, rebuild: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """Return which pixels of a view have a smaller appearance error when reconstructed from the hint.

    :param hint: (N, 1, H, W), fractions of image width, NaN where unknown; values that are not positive are unknown
    :param disparity: (N, 1, H, W), with which the hint is compared
    :param image: (N, C, H, W) in 0..1, the view of both
    :param rebuild: reconstructs that view from the other one with a disparity
    :return: bool (N, 1, H, W), without a gradient
    """
    known = hint > 0
    # Both are the same where the hint is unknown, so that SSIM windows across this border compare known pixels only.
    filled = torch.where(known, hint, disparity)
    return known & (appearance_error(rebuild(filled), image) < appearance_error(rebuild(disparity), image))


def hint_loss(disparity: torch.Tensor, hint: torch.Tensor, better: torch.Tensor) -> torch.Tensor:
    """Mean |log disparity - log hint| over the pixels with a hint, of which only better hints count; a scalar.

    Divided by the number of all pixels with a hint, so that the last better hints do not gain weight.

    :param disparity: (N, 1, H, W), positive
    :param hint: (N, 1, H, W), as for :func:`better_hints`
    :param better: bool (N, 1, H, W)
    """
    target = torch.where(better, hint, disparity.detach())
    return (torch.log(disparity) - torch.log(target)).abs().sum() / (hint > 0).sum().clamp(min=1)
