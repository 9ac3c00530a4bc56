# SPDX-License-Identifier: Apache-2.0
"""Agreement with known depth from any source: the mean logarithmic error and, where depth is dense, its slopes."""

import torch
from torch.nn import functional as F

SLOPE_STEPS = (1, 2, 4, 8)  # pixels


def log_error(log_disparity: torch.Tensor, log_target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted mean |log disparity - log target| over known pixels; a scalar.

    :param log_disparity: (N, 1, H, W)
    :param log_target: (N, 1, H, W), NaN unknown
    :param weight: (N, 1, 1, 1)
    """
    known = log_target.isfinite()
    error = (log_disparity - log_target.nan_to_num()).abs() * (known * weight)
    return error.sum() / (known * weight.gt(0)).sum().clamp(min=1)


def slope_error(log_disparity: torch.Tensor, log_target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted mean |difference between neighbours of the log error| at several distances, for equally sharp edges.

    :param weight: (N, 1, 1, 1); 0 where the target is not dense
    """
    difference = log_disparity - log_target  # NaN where unknown
    total = difference.new_zeros(())
    for step in SLOPE_STEPS:
        for axis in (-1, -2):
            length = difference.shape[axis] - step
            slope = difference.narrow(axis, step, length) - difference.narrow(axis, 0, length)
            known = slope.isfinite()
            counted = (known * weight.gt(0)).sum().clamp(min=1)
            total = total + (slope.nan_to_num().abs() * (known * weight)).sum() / counted
    return total / (2 * len(SLOPE_STEPS))


def sky_error(log_disparity: torch.Tensor, sky: torch.Tensor, log_far: float) -> torch.Tensor:
    """Excess of log disparity over ``log_far`` in the sky, as a mean over all pixels; a scalar.

    With a mean over the sky alone, the few pixels of a window would outweigh a room, and bright walls become sky.

    :param sky: (N, 1, H, W) bool
    """
    return ((log_disparity - log_far).relu() * sky).mean()


def coarser(log_target: torch.Tensor) -> torch.Tensor:
    """Halve a target (N, C, H, W): the mean of the known pixels in each 2x2 block, NaN if there are none."""
    known = log_target.isfinite().to(log_target.dtype)
    total, count = (
        F.avg_pool2d(values, 2, ceil_mode=True, count_include_pad=False) for values in (log_target.nan_to_num(), known)
    )
    return torch.where(count > 0, total / count, torch.nan)
