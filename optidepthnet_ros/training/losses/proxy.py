"""Agreement with disparities that classical stereo matching is sure of (proxy labels, after Tosi et al., CVPR 2019)."""

import torch

TOO_FAR, TOO_NEAR = 1.2, 0.8  # where the network is unsure, a planner had better hear the nearer of two depths


def proxy_loss(disparity, proxy):
    """Mean |log disparity - log proxy| over the pixels that have a proxy, zero when none has; a scalar.

    A logarithm weighs a tenth of the distance alike, near and far. Depth that is too far counts ``TOO_FAR``
    times, too near ``TOO_NEAR`` times: the minimum is the 60 % quantile of disparity, not the median.

    :param disparity: (N, 1, H, W), positive
    :param proxy: (N, 1, H, W), NaN where unknown
    """
    known = proxy > 0
    nearer = torch.log(disparity) - torch.log(torch.where(known, proxy, disparity.detach()))
    error = torch.where(nearer > 0, TOO_NEAR * nearer, -TOO_FAR * nearer)
    return (error * known).sum() / known.sum().clamp(min=1)
