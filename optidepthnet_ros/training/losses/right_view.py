# SPDX-License-Identifier: Apache-2.0
"""Carries known inverse depth from the left view to the right one; near surfaces hide far ones."""

import torch


def carried_over(log_target: torch.Tensor, canonical_width: float) -> torch.Tensor:
    """Return the target of the right view.

    :param log_target: (N, C, H, W) log of the left disparity as a fraction of the canonical width, NaN unknown
    :param canonical_width: pixels
    :return: (N, C, H, W), NaN where nothing known is seen
    """
    width = log_target.shape[-1]
    known = log_target.isfinite()
    columns = torch.arange(width, device=log_target.device)
    target = (columns - log_target.nan_to_num().exp() * canonical_width).round().long()
    known = known & (target >= 0)
    values = torch.where(known, log_target, -torch.inf)
    carried = torch.full_like(log_target, -torch.inf)
    carried.scatter_reduce_(-1, target.clamp(0, width - 1), values, 'amax')
    return carried.masked_fill(carried.isinf(), torch.nan)
