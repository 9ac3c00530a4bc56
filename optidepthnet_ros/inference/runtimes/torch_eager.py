# SPDX-License-Identifier: Apache-2.0
"""PyTorch, layer by layer: on the CPU, where it is always available, and on an NVIDIA GPU."""

import copy
from collections.abc import Callable

import numpy as np

from optidepthnet_ros.inference.runtimes import nvidia
from optidepthnet_ros.inference.runtimes.runtime import Runtime
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork


class TorchEager(Runtime):
    """On the CPU. The number of threads is torch's global setting, so it applies to all of torch in this process."""

    DEVICE = 'cpu'

    def __init__(self, network: TorchNetwork, threads: int | None):
        import torch

        if threads is not None:
            torch.set_num_threads(threads)
        self._network: Callable[[torch.Tensor], torch.Tensor] = copy.deepcopy(network.module).to(  # type: ignore[call-overload]  # missing in torch
            self.DEVICE, memory_format=torch.channels_last
        )

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        import torch

        with torch.inference_mode():
            tensor = torch.from_numpy(pixels).to(self.DEVICE).contiguous(memory_format=torch.channels_last)
            return self._network(tensor).cpu().numpy()


class TorchCuda(TorchEager):
    """On the first NVIDIA GPU."""

    DEVICE = 'cuda'

    @classmethod
    def _missing_device(cls) -> str:
        if not nvidia.has_driver():
            return nvidia.NO_DRIVER
        import torch

        return '' if torch.cuda.is_available() else 'torch finds no NVIDIA GPU: install its driver and a CUDA torch'
