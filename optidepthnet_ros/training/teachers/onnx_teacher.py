# SPDX-License-Identifier: Apache-2.0
"""A teacher that is an ONNX network: any network with a contract."""

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference.onnx_network.contract import METRIC, RELATIVE, OnnxError
from optidepthnet_ros.inference.onnx_network.onnx_file import OnnxFile
from optidepthnet_ros.inference.runtimes.onnx_runtime import import_onnxruntime, open_session
from optidepthnet_ros.training.teachers.teacher import Teacher, TeacherRecord

PROVIDERS = ('CUDAExecutionProvider', 'CPUExecutionProvider')


class OnnxTeacher(Teacher):
    """An ONNX file with a YAML contract of the same name beside it.

    :raises OnnxError: onnxruntime is missing, or the contract is unusable or does not fit this network
    """

    def __init__(self, path: Path):
        self._file = OnnxFile.open(path)
        self._session = _session(self._file)
        contract = self._file.contract
        self.metric = contract.output.kind != RELATIVE
        self.record = TeacherRecord(contract.name, sha256(path), contract.licence)

    def inverse_depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        output = self._file.contract.output
        height, width = self._file.contract.input.size.size(camera)
        values = self._file.as_map(self._run(self._file.pixels(image, height, width)))
        if output.kind == RELATIVE:
            return np.where(np.isfinite(values), values, np.nan)
        values = np.where(np.isfinite(values) & (values > 0), values, np.nan)
        inverse = 1 / values if output.kind == METRIC else values
        if output.focal is None:
            return inverse
        # An object that has the same size in an image with twice the focal length is twice as far away.
        shown = camera.resized(width, height)
        return inverse * np.float32(output.focal / math.sqrt(shown.fx * shown.fy))

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        contract = self._file.contract
        try:
            answer: np.ndarray = self._session.run([contract.output.name], {contract.input.name: pixels})[0]
        except Exception as error:  # onnxruntime has a separate class for each failure
            raise OnnxError(
                f'{self._file.path}: does not run with an input of {pixels.shape} ({error}): '
                'check input in its contract'
            ) from None
        return answer


def _session(file: OnnxFile) -> Any:
    if find_spec('onnxruntime') is None:
        raise OnnxError(f'{file.path}: needs onnxruntime, which is not installed: pip install onnxruntime')
    available = import_onnxruntime().get_available_providers()
    return open_session(file, [name for name in PROVIDERS if name in available])
