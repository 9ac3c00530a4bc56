# SPDX-License-Identifier: Apache-2.0
"""Agreement with a larger network (knowledge transfer, as in Pilzer et al. for depth, CVPR 2019)."""

import torch


def transfer_loss(disparity: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    """Mean |log disparity - log taught| over both views; a scalar.

    :param disparity: (N, 2, H, W), positive
    :param taught: (N, 2, H, W), positive, of the same rig
    """
    return (torch.log(disparity) - torch.log(taught)).abs().mean()
