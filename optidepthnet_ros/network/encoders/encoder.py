# SPDX-License-Identifier: Apache-2.0
"""What an encoder is to the decoder."""

from torch import nn


class Encoder(nn.Module):
    """Maps an image (N, 3, H, W) to features at 1/2, 1/4, ...; ``channels`` says how many each of them has."""

    channels: tuple[int, ...]
