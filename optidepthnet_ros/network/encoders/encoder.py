# SPDX-License-Identifier: Apache-2.0
"""The interface of an encoder that the decoder uses."""

from torch import nn


class Encoder(nn.Module):
    """Maps an image (N, 3, H, W) to features at 1/2, 1/4, ...; ``channels`` lists the number of channels of each."""

    channels: tuple[int, ...]

    def finest_modules(self) -> list[nn.Module]:
        """Return the modules that compute the features at 1/2 and 1/4, and no others."""
        raise NotImplementedError
