# SPDX-License-Identifier: Apache-2.0
"""The interface of all runtimes."""

from abc import ABC, abstractmethod
from importlib.util import find_spec

import numpy as np

from optidepthnet_ros.inference.onnx_network.onnx_file import OnnxFile
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork

FLOAT32 = 1e-3  # relative error in the self-test; measured below 1e-5 on CPUs, GPUs may round to TF32
BFLOAT16 = 5e-2  # measured: 1.1e-2 with all layers in bfloat16


class RuntimeUnusable(ValueError):
    """A runtime is not installed, finds no device, or computes wrong results; the message has the remedy."""


class Runtime(ABC):
    """A network that is ready to run, for inputs of any shape; the first input of each shape is slower.

    In a subclass, ``MODULES`` lists the packages that it needs; ``TOLERANCE`` is the largest allowed error of its
    output; ``EXACT`` says whether it computes in float32 (``auto`` compares depth before it chooses one that does not);
    ``AUTOMATIC`` says whether ``auto`` may choose it, which is not so if it takes minutes to start; ``RUNS_ONNX`` says
    whether it can run an ONNX file.
    """

    MODULES: tuple[str, ...] = ()
    TOLERANCE = FLOAT32
    EXACT = True
    AUTOMATIC = True
    RUNS_ONNX = False

    @abstractmethod
    def __init__(self, network: TorchNetwork | OnnxFile, threads: int | None):
        """
        Make the network ready.

        :param network: is not changed; an ONNX file only if ``RUNS_ONNX``
        :param threads: processor threads that one call may use; all cores if None
        :raises OnnxError: the file cannot be read, or does not match its contract
        """

    @abstractmethod
    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """Run the network.

        :param pixels: (N, 3, H, W) float32 in 0..1; for an ONNX file, as in its contract
        :return: float32; valid until the next call
        """

    def prepare(self, shape: tuple[int, int, int, int]) -> None:  # noqa: B027 not every runtime has something to do
        """Get ready for inputs of this shape, which may take seconds; other shapes may be run in the meantime.

        Does nothing, unless the runtime compiles for each shape.
        """

    def is_ready(self, shape: tuple[int, int, int, int]) -> bool:
        """Whether an input of this shape can run without waiting for compilation, as far as the runtime can tell."""
        return True

    @classmethod
    def obstacle(cls) -> str:
        """Return why this runtime cannot be used on this machine, and the remedy; empty if it can."""
        missing = [name for name in cls.MODULES if find_spec(name) is None]
        if missing:
            return f'{" and ".join(missing)} not installed: pip install {" ".join(missing)}'
        return cls._missing_device()

    @classmethod
    def _missing_device(cls) -> str:
        """Return what the machine lacks; called only if ``MODULES`` are installed."""
        return ''
