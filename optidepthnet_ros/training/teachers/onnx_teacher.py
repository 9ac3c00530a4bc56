# SPDX-License-Identifier: Apache-2.0
"""A teacher that is an ONNX network: any one, by its contract."""

import math
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.training.teachers.contract import CHANNELS, METRIC, RELATIVE, Contract, InputRule, read_contract
from optidepthnet_ros.training.teachers.teacher import Teacher, TeacherError, TeacherRecord

PROVIDERS = ('CUDAExecutionProvider', 'CPUExecutionProvider')


class OnnxTeacher(Teacher):
    """An ONNX file with a YAML contract of the same name beside it.

    :raises TeacherError: no onnxruntime, an unusable contract, or one that is not of this network
    """

    def __init__(self, path: Path):
        contract = read_contract(path.with_suffix('.yaml'))
        self._session = _session(path)
        _check_names(path, contract, self._session)
        self._path, self._contract = path, contract
        self.metric = contract.output.kind != RELATIVE
        self.record = TeacherRecord(contract.name, sha256(path), contract.licence)

    def inverse_depth(self, image: np.ndarray, camera: Camera) -> np.ndarray:
        rule, output = self._contract.input, self._contract.output
        height, width = rule.size.size(camera)
        values = self._run(_pixels(image, rule, height, width))
        if output.kind == RELATIVE:
            return np.where(np.isfinite(values), values, np.nan)
        values = np.where(np.isfinite(values) & (values > 0), values, np.nan)
        inverse = 1 / values if output.kind == METRIC else values
        if output.focal is None:
            return inverse
        # What looks alike through a lens twice as long is twice as far.
        shown = camera.resized(width, height)
        return inverse * np.float32(output.focal / math.sqrt(shown.fx * shown.fy))

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        """Return the answer as float32 (h, w)."""
        try:
            answer = self._session.run([self._contract.output.name], {self._contract.input.name: pixels})[0]
        except Exception as error:  # onnxruntime has a class of its own for each failure
            raise TeacherError(
                f'{self._path}: does not run with an input of {pixels.shape} ({error}): check input in its contract'
            ) from None
        answer = np.asarray(answer)
        if answer.ndim < 2 or math.prod(answer.shape[:-2]) != 1:
            raise TeacherError(
                f"{self._path}: '{self._contract.output.name}' has the shape {answer.shape}, but must be one map, "
                '(1, 1, h, w), (1, h, w) or (h, w): name another output in the contract, or export with one'
            )
        return answer.reshape(answer.shape[-2:]).astype(np.float32)


def _session(path: Path):  # type: ignore[no-untyped-def]  # onnxruntime need not be there
    if find_spec('onnxruntime') is None:
        raise TeacherError(f'{path}: onnxruntime is not installed, which runs it: pip install onnxruntime')
    import onnxruntime

    if not path.is_file():
        raise TeacherError(f'{path}: no such file: give an ONNX network with its contract beside it')
    available = onnxruntime.get_available_providers()
    try:
        return onnxruntime.InferenceSession(path, providers=[name for name in PROVIDERS if name in available])
    except Exception as error:  # as above
        raise TeacherError(f'{path}: cannot be read as an ONNX network ({error}): export it again') from None


def _check_names(path: Path, contract: Contract, session) -> None:  # type: ignore[no-untyped-def]
    inputs = {node.name: node for node in session.get_inputs()}
    outputs = [node.name for node in session.get_outputs()]
    for part, name, known in (('input', contract.input.name, inputs), ('output', contract.output.name, outputs)):
        if name not in known:
            raise TeacherError(
                f"{path}: its contract names the {part} '{name}', but the network has {', '.join(known)}"
            )
    if len(inputs) > 1:
        raise TeacherError(
            f'{path}: has {len(inputs)} inputs, {", ".join(inputs)}: export it with the image as its only one'
        )
    node = inputs[contract.input.name]
    if node.type != 'tensor(float)':
        raise TeacherError(f"{path}: '{node.name}' is {node.type}: export the network with float32 in- and outputs")
    channels = CHANNELS[contract.input.channels]
    if len(node.shape) != 4 or (isinstance(node.shape[1], int) and node.shape[1] != channels):
        raise TeacherError(
            f"{path}: '{node.name}' has the shape {node.shape}, but its contract says {contract.input.channels}, which "
            f'is (1, {channels}, height, width)'
        )


def _pixels(image: np.ndarray, rule: InputRule, height: int, width: int) -> np.ndarray:
    """Return what the network is shown: float32 (1, C, height, width)."""
    shrinks = height < image.shape[0] or width < image.shape[1]
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    if rule.channels == 'gray':
        image = to_gray(image)
        image = image[..., np.newaxis]
    elif image.ndim == 2:
        image = cv2.merge([image] * 3)
    elif rule.channels == 'rgb':
        image = image[..., ::-1]
    mean, std = np.array(rule.mean, np.float32), np.array(rule.std, np.float32)
    pixels: np.ndarray = (image.astype(np.float32) * np.float32(rule.largest / 255) - mean) / std
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[np.newaxis])
