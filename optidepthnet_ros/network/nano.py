# SPDX-License-Identifier: Apache-2.0
"""Small members of the family: dense where a layer has few channels, separable where it has many."""

from dataclasses import dataclass

from optidepthnet_ros.network.decoder import Decoder, DecoderForm
from optidepthnet_ros.network.encoders.vgg import VggEncoder
from optidepthnet_ros.network.style import Style


@dataclass(frozen=True)
class NanoForm:
    """The form of a small network; the default is ``dnano``, chosen by ``experiments/training/dnano_search``.

    A separable layer saves multiplications in proportion to its channels, but reads and writes its input once more.
    Where channels are few and images are large, a dense layer is as fast, and faster on matrix units.

    :param channels: channels of the encoder at 1/2, 1/4, ...
    :param kernels: kernel sizes at these levels
    :param dense_channels: see :class:`~.style.Style`
    :param strided_first: see :class:`~.encoders.vgg.VggEncoder`
    :param decoder: see :class:`~.decoder.DecoderForm`
    """

    channels: tuple[int, ...] = (16, 32, 64, 128, 256, 384)
    kernels: tuple[int, ...] = (3, 3, 3, 3, 3, 3)
    dense_channels: int = 64
    strided_first: bool = True
    decoder: DecoderForm = DecoderForm((16, 16, 32, 64, 128, 192), upconv='before', finest_level=2)

    def build(self, norm: str) -> tuple[VggEncoder, Decoder]:
        """Return encoder and decoder."""
        style = Style(separable=True, norm=norm, dense_channels=self.dense_channels)
        encoder = VggEncoder(style, self.channels, self.kernels, strided_first=self.strided_first)
        return encoder, Decoder(style, self.channels, self.decoder)
