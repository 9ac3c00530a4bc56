# SPDX-License-Identifier: Apache-2.0
"""Stereo matching as a hint, followed only where it explains the picture better (Watson et al., ICCV 2019)."""

from collections.abc import Callable

import torch

from optidepthnet_ros.training.losses.appearance import appearance_error


@torch.no_grad()
def better_hints(
    hint: torch.Tensor, disparity: torch.Tensor, image: torch.Tensor, rebuild: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """Return which pixels of a view are rebuilt with less appearance error by the hint than by a disparity.

    :param hint: (N, 1, H, W), fractions of image width, NaN where unknown; what is not positive counts as unknown
    :param disparity: (N, 1, H, W), what the hint is measured against
    :param image: (N, C, H, W) in 0..1, the view that both are of
    :param rebuild: makes that view of the other one with a disparity
    :return: bool (N, 1, H, W), without a gradient
    """
    known = hint > 0
    # Where nothing is known both are the same, so that windows across the border compare what is known.
    filled = torch.where(known, hint, disparity)
    return known & (appearance_error(rebuild(filled), image) < appearance_error(rebuild(disparity), image))


def hint_loss(disparity: torch.Tensor, hint: torch.Tensor, better: torch.Tensor) -> torch.Tensor:
    """Mean |log disparity - log hint| over the pixels with a hint, where only the better ones count; a scalar.

    Divided by all pixels with a hint, so that the last ones do not count the more the fewer they are.

    :param disparity: (N, 1, H, W), positive
    :param hint: (N, 1, H, W), as for :func:`better_hints`
    :param better: bool (N, 1, H, W)
    """
    target = torch.where(better, hint, disparity.detach())
    return (torch.log(disparity) - torch.log(target)).abs().sum() / (hint > 0).sum().clamp(min=1)
