# SPDX-License-Identifier: Apache-2.0
"""A network that is built in torch only if a runtime needs it: importing torch takes seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class TorchNetwork:
    """A network, not built yet.

    :param identity: unique to this network and its weights; empty: nothing of it is kept in the user's cache
    :param build: returns the network, in eval mode and without gradients, from one tensor (N, 3, H, W) to one
    :param onnx: returns the same as ONNX, made without torch; None: torch is needed for that
    """

    identity: str
    build: 'Callable[[], nn.Module]'
    onnx: Callable[[], bytes] | None = None

    @cached_property
    def module(self) -> 'nn.Module':
        """The network, built once. Do not modify it."""
        return self.build()
