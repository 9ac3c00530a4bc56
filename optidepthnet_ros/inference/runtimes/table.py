# SPDX-License-Identifier: Apache-2.0
"""All runtimes by the names that users give."""

from optidepthnet_ros.inference.runtimes.onnx_runtime import OnnxRuntime, OnnxRuntimeCuda, OnnxRuntimeTensorRt
from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVino, OpenVinoBfloat16
from optidepthnet_ros.inference.runtimes.runtime import Runtime
from optidepthnet_ros.inference.runtimes.torch_compiled import TorchCompiled
from optidepthnet_ros.inference.runtimes.torch_eager import TorchCuda, TorchEager

RUNTIMES: dict[str, type[Runtime]] = {
    'torch': TorchEager,
    'torch-cuda': TorchCuda,
    'torch-compiled': TorchCompiled,
    'openvino': OpenVino,
    'openvino-bf16': OpenVinoBfloat16,
    'onnxruntime': OnnxRuntime,
    'onnxruntime-cuda': OnnxRuntimeCuda,
    'onnxruntime-tensorrt': OnnxRuntimeTensorRt,
}
