# SPDX-License-Identifier: Apache-2.0
"""A network that is built in torch only where a runtime needs that: to import torch takes seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class TorchNetwork:
    """A network, not built yet.

    :param identity: tells it and its weights from all others; empty: nothing of it is kept in the user's cache
    :param build: returns it, in eval mode and without gradients, from one tensor (N, 3, H, W) to one
    :param onnx: returns the same as ONNX, made without torch; None: that takes torch
    """

    identity: str
    build: 'Callable[[], nn.Module]'
    onnx: Callable[[], bytes] | None = None

    @cached_property
    def module(self) -> 'nn.Module':
        """The network, built once; nobody may change it."""
        return self.build()
