"""Agreement with disparities that classical stereo matching is sure of (proxy labels, after Tosi et al., CVPR 2019)."""

import torch

TOO_FAR, TOO_NEAR = 1.2, 0.8  # where the network is unsure, a planner had better hear the nearer of two depths
SKY = 0.004  # fraction of width: what a surface 80 m away has on KITTI's rig, less is as good


def proxy_loss(disparity, proxy):
    """Mean |log disparity - log proxy| over the pixels that have a proxy, zero when none has; a scalar.

    A logarithm weighs a tenth of the distance alike, near and far. Depth that is too far counts ``TOO_FAR``
    times, too near ``TOO_NEAR`` times: the minimum is the 60 % quantile of disparity, not the median.
    In the sky only what is nearer than ``SKY`` counts.

    :param disparity: (N, 1, H, W), positive
    :param proxy: (N, 1, H, W), NaN where unknown, 0 in the sky
    """
    matched, sky = proxy > 0, proxy == 0
    target = torch.where(matched, proxy, disparity.detach()).masked_fill(sky, SKY)
    nearer = torch.log(disparity) - torch.log(target)
    error = torch.where(nearer > 0, TOO_NEAR * nearer, -TOO_FAR * nearer.masked_fill(sky, 0))
    known = matched | sky
    return (error * known).sum() / known.sum().clamp(min=1)
