# SPDX-License-Identifier: Apache-2.0
"""The finest disparity alone, which is all that inference needs."""

import torch
from torch import nn

from optidepthnet_ros.network.optidepthnet import OptiDepthNet


class Finest(nn.Module):
    """Maps (N, 3, H, W) in 0..1 to one (N, 2, ceil(H / s), ceil(W / s)): both disparities where the decoder ends.

    The coarser heads stay, because each feeds the next finer layer. If the network has no layers at the full size, s is
    2: the caller has to enlarge the result.

    :ivar output_stride: s
    """

    def __init__(self, network: OptiDepthNet):
        super().__init__()
        self.network = network
        self._level = network.decoder.form.finest_level
        self.output_stride = 2 ** (self._level - 1)
        self.train(network.training)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.network.decoder(self.network.encoder(image), image.shape[-2:], self._level)[0]
