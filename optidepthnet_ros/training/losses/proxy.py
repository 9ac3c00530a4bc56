# SPDX-License-Identifier: Apache-2.0
"""Agreement with reliable disparities of classical stereo matching (proxy labels, after Tosi et al., CVPR 2019)."""

import torch


def proxy_loss(disparity: torch.Tensor, proxy: torch.Tensor, far: float) -> torch.Tensor:
    """Mean |log disparity - log proxy| over the pixels with a proxy, zero if there are none; a scalar.

    With logarithms, an error of a tenth of the distance counts the same near and far. In the sky, only depth nearer
    than ``far`` counts.

    :param disparity: (N, 1, H, W), positive
    :param proxy: (N, 1, H, W) in the same unit, NaN where unknown, 0 in the sky
    :param far: a disparity in the same unit
    """
    matched, sky = proxy > 0, proxy == 0
    target = torch.where(matched, proxy, disparity.detach()).masked_fill(sky, far)
    nearer = torch.log(disparity) - torch.log(target)
    error = torch.where(sky, nearer.relu(), nearer.abs())
    known = matched | sky
    return (error * known).sum() / known.sum().clamp(min=1)
