# SPDX-License-Identifier: Apache-2.0
"""OpenVINO on the CPU, in float32 and in bfloat16."""

import contextlib
import os
import warnings
from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np

from optidepthnet_ros.inference.onnx_network.onnx_file import FLOAT32, OnnxFile, OnnxInput
from optidepthnet_ros.inference.runtimes import model_cache
from optidepthnet_ros.inference.runtimes.openvino_kernels import has_faster_kernels, with_faster_kernels
from optidepthnet_ros.inference.runtimes.openvino_precision import with_exact_ends
from optidepthnet_ros.inference.runtimes.runtime import BFLOAT16, Runtime
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork

if TYPE_CHECKING:  # it takes seconds to import
    import torch

Tuning = Callable[[Any], Any]  # from an openvino.Model to another
MOST_SHAPES = 4  # models that are kept compiled: a robot has few cameras, and each model costs memory


class OpenVino(Runtime):
    """In float32. OpenVINO would use bfloat16 by default where the processor supports it, hence the hint."""

    MODULES = ('openvino',)
    PRECISION = 'f32'
    RUNS_ONNX = True

    def __init__(self, network: TorchNetwork | OnnxFile, threads: int | None):
        self._network = network
        self._output: int | str = 0
        if isinstance(network, OnnxFile):
            self._output = network.contract.output.name
            _ = self._model  # checks that it matches its contract
        self._settings = settings(self.PRECISION, threads or os.cpu_count())
        self._requests: dict[tuple[int, ...], Any] = {}  # InferRequests by shape, the last used at the end
        self._locks: WeakValueDictionary[tuple[int, ...], Lock] = WeakValueDictionary()  # while a thread waits for one
        self._lock, self._model_lock = Lock(), Lock()

    @cached_property
    def _model(self) -> Any:
        """The network as an OpenVINO model of any shape; made only if compiled models are not in the cache."""
        if isinstance(self._network, OnnxFile):
            return read_openvino(self._network)
        if self._network.onnx is not None:
            import openvino

            return openvino.Core().read_model(self._network.onnx(), b'')
        return to_openvino(self._network.module, layer_names=False)

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        return self._request(pixels.shape).infer([pixels], share_inputs=True, share_outputs=True)[self._output]

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        self._request(shape)

    def is_ready(self, shape: tuple[int, int, int, int]) -> bool:
        with self._lock:
            return shape in self._requests

    def _request(self, shape: tuple[int, ...]) -> Any:
        """Return the request for inputs of this shape; other threads wait only if they need the same shape."""
        with self._lock:
            lock = self._locks.setdefault(shape, Lock())
        with lock:
            request = self._requests.get(shape) or self._compiled(shape)
            with self._lock:
                self._requests.pop(shape, None)
                self._requests[shape] = request
                while len(self._requests) > MOST_SHAPES:
                    del self._requests[next(iter(self._requests))]
        return request

    def _compiled(self, shape: tuple[int, ...]) -> Any:
        """Compile for one shape, unless that was done before; it runs faster than a model of any shape."""
        import openvino

        tuned = self._tuning() if isinstance(self._network, TorchNetwork) else None
        what = f'OpenVINO {shape} {self._settings}{f" {tuned.__name__}" if tuned else ""}'
        core, identity = openvino.Core(), self._network.identity
        if (known := model_cache.recall(identity, what)) is not None:
            with contextlib.suppress(RuntimeError):  # anything that OpenVINO rejects in it
                return core.import_model(known, 'CPU', self._settings).create_infer_request()
        with self._model_lock:
            model = self._model.clone()
        model.reshape(list(shape))
        compiled = core.compile_model(tuned(model) if tuned else model, 'CPU', self._settings)
        model_cache.keep(identity, what, compiled.export_model().getvalue())
        return compiled.create_infer_request()

    def _tuning(self) -> Tuning | None:
        """Return the tuning of one of our networks, of one shape, before it is compiled."""
        return with_faster_kernels if has_faster_kernels() else None


class OpenVinoBfloat16(OpenVino):
    """In bfloat16, on processors with units for it (AVX512-BF16, AMX); the first layers and the head in float32."""

    PRECISION = 'bf16'
    TOLERANCE = BFLOAT16
    EXACT = False

    def _tuning(self) -> Tuning:
        return with_exact_ends

    @classmethod
    def _missing_device(cls) -> str:
        import openvino

        # If the processor does not support it, OpenVINO would silently compute in float32.
        if 'BF16' in openvino.Core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES'):
            return ''
        return 'this processor has no bfloat16 units (AVX512-BF16 or AMX): use openvino'


def settings(precision: str, threads: int | None) -> dict[str, Any]:
    """Return the settings for compiling a model: one image after the other, with low latency.

    :param precision: ``'f32'`` or ``'bf16'``
    """
    return {
        # If pinned, each process would use the first cores, and two cameras with one thread each would share a core.
        'ENABLE_CPU_PINNING': False,
        'INFERENCE_PRECISION_HINT': precision,
        'PERFORMANCE_HINT': 'LATENCY',
        'NUM_STREAMS': 1,
        'INFERENCE_NUM_THREADS': threads,
    }


def read_openvino(file: OnnxFile) -> Any:
    """Read an ONNX file whose contract matches.

    :return: openvino.Model
    :raises OnnxError: the file cannot be read, or see :meth:`OnnxFile.check`
    """
    import openvino

    try:
        model = openvino.Core().read_model(file.path)
    except Exception as error:  # its front end may raise anything
        raise file.unreadable(error) from None
    inputs = [
        OnnxInput(
            one.get_any_name(),
            FLOAT32 if one.element_type == openvino.Type.f32 else one.element_type.get_type_name(),
            [side.get_length() if side.is_static else str(side) for side in one.partial_shape],
        )
        for one in model.inputs
    ]
    file.check(inputs, [name for one in model.outputs for name in one.names])
    return model


def to_openvino(network: 'torch.nn.Module', *, layer_names: bool) -> Any:
    """Convert a module with one input and one output, for any batch and size, in eval mode and without gradients.

    The front end is called directly: ``openvino.convert_model`` does the same, but reports its use over the internet
    unless the user has opted out, and a robot must not do that.

    :param layer_names: whether to name operations after the network's layers, which takes twice as long
    :return: openvino.Model (OpenVINO ships no type annotations)
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # torch would rather be asked to compile
        module = network if layer_names else _opaque(network)
        traced = torch.jit.freeze(torch.jit.trace(module, torch.zeros(1, 3, 128, 256), check_trace=False))
    front_end = FrontEndManager().load_by_framework('pytorch')
    decoder = TorchScriptPythonDecoder(traced)  # must live as long as the front end reads from it
    return front_end.convert(front_end.load(decoder))


def _opaque(network: 'torch.nn.Module') -> 'torch.nn.Module':
    """Hide the layers of a network from torch.jit, which would spend a second on them: weights become constants."""
    import torch

    class Opaque(torch.nn.Module):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = call(pixels)
            return result

    call = network.__call__
    return Opaque().eval()
