# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime: on the CPU, and on NVIDIA GPUs by CUDA or TensorRT."""

import io
import os
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from optidepthnet_ros.inference.onnx_network.onnx_file import FLOAT32, OnnxFile, OnnxInput
from optidepthnet_ros.inference.runtimes import nvidia
from optidepthnet_ros.inference.runtimes.model_cache import kept
from optidepthnet_ros.inference.runtimes.runtime import Runtime
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork

if TYPE_CHECKING:  # it takes seconds to import
    import torch

OPSET = 17
INPUT, OUTPUT = 'image', 'disparity'


def import_onnxruntime() -> ModuleType:
    """Import ONNX Runtime without its telemetry: a robot must not report over the internet what it runs.

    By default, official builds since 1.29 do that, and write an identifier of the device into the user's cache.
    """
    os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')  # read when it is imported
    import onnxruntime

    return onnxruntime


class OnnxRuntime(Runtime):
    """On the CPU."""

    MODULES = ('onnx', 'onnxruntime')
    PROVIDER = 'CPUExecutionProvider'
    RUNS_ONNX = True

    def __init__(self, network: TorchNetwork | OnnxFile, threads: int | None):
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        # Otherwise, threads that wait for the next frame would take processor time from the robot's other nodes.
        options.add_session_config_entry('session.intra_op.allow_spinning', '0')
        self._input, self._output = INPUT, OUTPUT
        if isinstance(network, OnnxFile):
            self._session = open_session(network, [self.PROVIDER], options)
            self._input, self._output = network.contract.input.name, network.contract.output.name
        else:
            model = network.onnx() if network.onnx else kept(network.identity, 'ONNX', lambda: to_onnx(network.module))
            self._session = onnxruntime.InferenceSession(model, options, providers=[self.PROVIDER])
        if self._session.get_providers()[0] != self.PROVIDER:
            raise RuntimeError(f'{self.PROVIDER} could not be loaded, though it is installed: see the messages above')

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        return self._session.run([self._output], {self._input: pixels})[0]


class OnnxRuntimeCuda(OnnxRuntime):
    """On an NVIDIA GPU."""

    PROVIDER = 'CUDAExecutionProvider'

    @classmethod
    def _missing_device(cls) -> str:
        if not nvidia.has_driver():
            return nvidia.NO_DRIVER
        if cls.PROVIDER in import_onnxruntime().get_available_providers():
            return ''
        return f'this onnxruntime has no {cls.PROVIDER}: pip install onnxruntime-gpu, in place of onnxruntime'


class OnnxRuntimeTensorRt(OnnxRuntimeCuda):
    """On an NVIDIA GPU, compiled by TensorRT, which takes minutes for each shape."""

    PROVIDER = 'TensorrtExecutionProvider'
    AUTOMATIC = False

    def prepare(self, shape: tuple[int, int, int, int]) -> None:
        self(np.zeros(shape, np.float32))


def open_session(file: OnnxFile, providers: list[str], options: Any = None) -> Any:
    """Return the InferenceSession of a file whose contract matches.

    :param options: onnxruntime.SessionOptions
    :raises OnnxError: the file cannot be read, or see :meth:`OnnxFile.check`
    """
    try:
        session = import_onnxruntime().InferenceSession(file.path, options, providers=providers)
    except Exception as error:  # onnxruntime has a separate class for each failure
        raise file.unreadable(error) from None
    inputs = [
        OnnxInput(node.name, FLOAT32 if node.type == 'tensor(float)' else node.type, node.shape)
        for node in session.get_inputs()
    ]
    file.check(inputs, [node.name for node in session.get_outputs()])
    return session


def to_onnx(network: 'torch.nn.Module', size: tuple[int, int] | None = None, *, as_trained: bool = False) -> bytes:
    """Convert a module with one input, named ``image``, and one output, named ``disparity``, for any batch size.

    :param size: height and width of the input; any if None
    :param as_trained: keep the weights as in the state dictionary, without folding batch norms
    """
    import torch

    free = {0: 'batch', 2: 'height', 3: 'width'} if size is None else {0: 'batch'}
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter, which torch recommends, needs onnxscript in addition to onnx.
        warnings.simplefilter('ignore')
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, *(size or (128, 256))),),
            buffer,  # type: ignore[arg-type]  # torch's annotation does not include this type
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: free},
            do_constant_folding=not as_trained,
            training=torch.onnx.TrainingMode.PRESERVE if as_trained else torch.onnx.TrainingMode.EVAL,
        )
    return buffer.getvalue()
