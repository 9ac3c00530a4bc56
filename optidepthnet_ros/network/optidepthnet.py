# SPDX-License-Identifier: Apache-2.0
"""The networks by name: OptiDepthNet's three, the dense networks they are compared with, and two of our own."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from optidepthnet_ros.network.decoder import Decoder, DecoderForm
from optidepthnet_ros.network.encoders.efficientnet_lite0 import EfficientNetLite0Encoder
from optidepthnet_ros.network.encoders.encoder import Encoder
from optidepthnet_ros.network.encoders.resnet import ResnetEncoder
from optidepthnet_ros.network.encoders.vgg import VggEncoder
from optidepthnet_ros.network.initialisation import initialise
from optidepthnet_ros.network.names import BEYOND, NETWORKS
from optidepthnet_ros.network.nano import NanoForm
from optidepthnet_ros.network.style import Style

ENCODERS: dict[str, Callable[[Style], Encoder]] = {
    'vgg': VggEncoder,
    'resnet50': partial(ResnetEncoder, depth=50),
    'resnet152': partial(ResnetEncoder, depth=152),
}


class OptiDepthNet(nn.Module):
    """Predicts the disparities of both views from one image.

    Maps (N, 3, H, W) in 0..1, of any size, to four tensors (N, 2, ceil(H / 2**i), ceil(W / 2**i)), finest
    first. They hold the left and the right disparity, each in its own view, as fractions of the canonical
    width that belongs to the weights (see the checkpoint's header), independently of W.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.decoder(self.encoder(image), image.shape[-2:])


def build_network(name: str, *, separable_scope: str = 'all', norm: str = 'none', seed: int = 0) -> OptiDepthNet:
    """Build a network with fresh weights, which depend on the seed alone; torch's global random state is unchanged.

    :param name: one of ``NETWORKS``; a leading ``d`` means depthwise separable
    :param separable_scope: see :class:`~optidepthnet_ros.network.style.Style`; without effect on dense
        networks; ``dlite0`` and ``dnano`` require 'all'
    :param norm: ``'none'`` (the paper) or ``'batch'``; ``dlite0``'s encoder has batch norms in any case
    :raises ValueError: an unknown name, separable scope or norm
    """
    if name not in NETWORKS:
        raise ValueError(f"network '{name}' is unknown: use one of {', '.join(NETWORKS)}")
    style = Style(separable=name.startswith('d'), separable_scope=separable_scope, norm=norm)
    if name in BEYOND and separable_scope != 'all':
        raise ValueError(
            f"separable_scope '{separable_scope}' is from the paper's text, which does not cover {name}: use 'all'"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = OptiDepthNet(*_parts(name, style))
        initialise(network)
    return network


def _parts(name: str, style: Style) -> tuple[Encoder, Decoder]:
    if name == 'dnano':
        return NanoForm().build(style.norm)
    if name == 'dlite0':
        encoder: Encoder = EfficientNetLite0Encoder()
        return encoder, Decoder(style, encoder.channels, DecoderForm(finest_level=2))
    encoder = ENCODERS[name.removeprefix('d')](style)
    return encoder, Decoder(style, encoder.channels)
