"""OpenVINO on the CPU, in float32 and in bfloat16."""

import os
import warnings
from typing import Any

import numpy as np
import torch

from optidepthnet_ros.inference.runtimes.runtime import BFLOAT16, Runtime


class OpenVino(Runtime):
    """In float32. OpenVINO would take bfloat16 by itself where the processor has units for it, hence the hint."""

    MODULES = ('openvino',)
    PRECISION = 'f32'

    def __init__(self, network: torch.nn.Module, threads: int | None):
        self._model = to_openvino(network)
        # Pinned, each process would take the first cores, and two cameras of one thread would share one of them.
        self._settings = {
            'ENABLE_CPU_PINNING': False,
            'INFERENCE_PRECISION_HINT': self.PRECISION,
            'PERFORMANCE_HINT': 'LATENCY',
            'NUM_STREAMS': 1,
            'INFERENCE_NUM_THREADS': threads or os.cpu_count(),
        }
        self._shape: tuple[int, ...] | None = None
        self._request: Any = None  # openvino.InferRequest

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        import openvino

        if pixels.shape != self._shape:
            # A compiled model of one shape is faster than one of any shape.
            self._model.reshape(list(pixels.shape))
            self._request = openvino.Core().compile_model(self._model, 'CPU', self._settings).create_infer_request()
            self._shape = pixels.shape
        return self._request.infer([pixels], share_inputs=True, share_outputs=True)[0]


class OpenVinoBfloat16(OpenVino):
    """In bfloat16, on processors with units for it (AVX512-BF16, AMX)."""

    PRECISION = 'bf16'
    TOLERANCE = BFLOAT16
    AUTOMATIC = False

    @classmethod
    def _missing_device(cls) -> str:
        import openvino

        # Asked for what it does not have, OpenVINO would silently compute in float32.
        if 'BF16' in openvino.Core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES'):
            return ''
        return 'this processor has no bfloat16 units (AVX512-BF16 or AMX): use openvino'


def to_openvino(network: torch.nn.Module) -> Any:
    """Convert a module with one input and one output, of any batch and size.

    The front end is called directly: ``openvino.convert_model`` does the same, but reports its use over the internet
    unless the user has opted out, and a robot must not do that.

    :return: openvino.Model (OpenVINO ships no types)
    """
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # torch would rather be asked to compile
        traced = torch.jit.freeze(torch.jit.trace(network, torch.zeros(1, 3, 128, 256), check_trace=False))
    front_end = FrontEndManager().load_by_framework('pytorch')
    decoder = TorchScriptPythonDecoder(traced)  # must live as long as the front end reads from it
    return front_end.convert(front_end.load(decoder))
