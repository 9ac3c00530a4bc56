"""Agreement with disparities that classical stereo matching is sure of (proxy labels, after Tosi et al., CVPR 2019)."""

import torch

SKY = 0.004  # fraction of width: what a surface 80 m away has on KITTI's rig, less is as good


def proxy_loss(disparity: torch.Tensor, proxy: torch.Tensor) -> torch.Tensor:
    """Mean |log disparity - log proxy| over the pixels that have a proxy, zero when none has; a scalar.

    A logarithm weighs a tenth of the distance alike, near and far. In the sky only what is nearer than ``SKY`` counts.

    :param disparity: (N, 1, H, W), positive
    :param proxy: (N, 1, H, W), NaN where unknown, 0 in the sky
    """
    matched, sky = proxy > 0, proxy == 0
    target = torch.where(matched, proxy, disparity.detach()).masked_fill(sky, SKY)
    nearer = torch.log(disparity) - torch.log(target)
    error = torch.where(sky, nearer.relu(), nearer.abs())
    known = matched | sky
    return (error * known).sum() / known.sum().clamp(min=1)
