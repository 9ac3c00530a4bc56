# SPDX-License-Identifier: Apache-2.0
"""A moving average of a network's weights and batch statistics."""

import torch
from torch import nn

DECAY = 0.998


def decay_after(steps: int, most: float) -> float:
    """Return the share of the average to keep, at last ``most``; a constant share would not forget the start."""
    return min(most, (1 + steps) / (10 + steps))


class Averaging:
    """Lets ``average`` follow ``network``, closely at first, so that the random start is soon forgotten.

    :param average: a copy of the network
    """

    def __init__(self, average: nn.Module, network: nn.Module):
        state = network.state_dict()
        pairs = [(tensor, state[name]) for name, tensor in average.state_dict().items() if tensor.is_floating_point()]
        self._average, self._current = map(list, zip(*pairs, strict=True))

    def update(self, steps: int) -> None:
        """Add the network as it is after this many steps."""
        torch._foreach_lerp_(self._average, self._current, 1 - decay_after(steps, DECAY))
