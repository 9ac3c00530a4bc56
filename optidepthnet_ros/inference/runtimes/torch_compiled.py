# SPDX-License-Identifier: Apache-2.0
"""PyTorch, compiled for this machine by torch.compile: starts slowly, and needs a C++ compiler."""

import shutil

import numpy as np

from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork


class TorchCompiled(TorchEager):
    """On the CPU."""

    AUTOMATIC = False

    def __init__(self, network: TorchNetwork, threads: int | None):
        import torch

        super().__init__(network, threads)
        self._network = torch.compile(self._network, dynamic=False)

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        self(np.zeros(shape, np.float32))

    @classmethod
    def _missing_device(cls) -> str:
        return '' if shutil.which('c++') or shutil.which('g++') else 'torch.compile needs a C++ compiler: install g++'
