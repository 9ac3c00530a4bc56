# SPDX-License-Identifier: Apache-2.0
"""The finest disparity alone, which is all that inference needs."""

import torch
from torch import nn

from optidepthnet_ros.network.names import OUTPUT_STRIDES, check_output_stride
from optidepthnet_ros.network.optidepthnet import OptiDepthNet


class Finest(nn.Module):
    """Maps (N, 3, H, W) in 0..1 to one (N, 2, ceil(H / s), ceil(W / s)): both disparities at the output stride s.

    The coarser heads stay, because each feeds the next finer layer. With s = 2 the decoder stops before its last
    and most expensive level, as PyDNet's does (Poggi et al., IROS 2018): this is cheaper, but upsampling blurs the
    result. If the network has no layers at the full size, s is at least 2: the caller has to enlarge the result.

    :param output_stride: the smallest s
    :raises ValueError: an output stride that is not in ``OUTPUT_STRIDES``
    :ivar output_stride: s
    """

    def __init__(self, network: OptiDepthNet, output_stride: int = 1):
        super().__init__()
        check_output_stride(output_stride)
        self.network = network
        self._level = max(OUTPUT_STRIDES.index(output_stride) + 1, network.decoder.form.finest_level)
        self.output_stride = OUTPUT_STRIDES[self._level - 1]
        self.train(network.training)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.network.decoder(self.network.encoder(image), image.shape[-2:], self._level)[0]
