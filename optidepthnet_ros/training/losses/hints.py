"""Stereo matching as a hint, followed only where it explains the picture better (Watson et al., ICCV 2019)."""

import torch

from optidepthnet_ros.training.losses.appearance import appearance_error


def hint_loss(disparity, hint, image, rebuild):
    """Mean |log disparity - log hint| over the pixels with a hint, counting those where the hint matches better.

    Better is what rebuilds the view with less appearance error, pixel by pixel; the choice has no gradient. Divided
    by all pixels with a hint, so that the last few that differ do not count the more the fewer they are.

    :param disparity: (N, 1, H, W), positive, fractions of image width
    :param hint: (N, 1, H, W), NaN where unknown; what is not positive counts as unknown
    :param image: (N, C, H, W) in 0..1, the view that both disparities are of
    :param rebuild: makes that view of the other one with a disparity
    :return: a scalar, zero without any hint
    """
    known = hint > 0
    with torch.no_grad():
        # Where nothing is known both say the same, so that windows across the border compare what is known.
        target = torch.where(known, hint, disparity)
        better = known & (appearance_error(rebuild(target), image) < appearance_error(rebuild(disparity), image))
    error = (torch.log(disparity) - torch.log(target)).abs()
    return (error * better).sum() / known.sum().clamp(min=1)
