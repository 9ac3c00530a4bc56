"""Agreement with disparities that classical stereo matching is sure of (proxy labels, after Tosi et al., CVPR 2019)."""

import torch


def proxy_loss(disparity, proxy):
    """Mean |log disparity - log proxy| over the pixels that have a proxy, zero when none has; a scalar.

    A logarithm weighs a tenth of the distance alike, near and far.

    :param disparity: (N, 1, H, W), positive
    :param proxy: (N, 1, H, W), NaN where unknown
    """
    known = proxy > 0
    difference = torch.log(disparity) - torch.log(torch.where(known, proxy, disparity.detach()))
    return difference.abs().sum() / known.sum().clamp(min=1)
