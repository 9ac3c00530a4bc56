# SPDX-License-Identifier: Apache-2.0
"""A third-party ONNX network that predicts depth up to a scale and a shift of its inverse."""

import math
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import GENERAL, CanonicalView
from optidepthnet_ros.inference.estimator import USUAL_CAMERA, DepthEstimate, Estimator, Steady, check_image
from optidepthnet_ros.inference.onnx_network.contract import RELATIVE, OnnxError
from optidepthnet_ros.inference.onnx_network.onnx_file import OnnxFile
from optidepthnet_ros.inference.runtimes import Workload, start


class RelativeEstimator(Estimator):
    """A relative network ready to run.

    Its depth is not in metres: 1/Z is a scale times one over it, plus a shift, and both have to be measured. It has no
    confidence. Its output is not steadied: shares of inverse depth mean nothing if the shift is unknown.

    :param path: an ONNX file with its contract beside it
    :param threads: processor threads that the network may use; all cores if None
    :param runtime: one that runs ONNX files, or ``'auto'``: the fastest of these on this machine
    :raises optidepthnet_ros.inference.onnx_network.contract.OnnxError: unusable, or of another kind
    :raises optidepthnet_ros.inference.runtimes.RuntimeUnusable: no runtime on this machine can run it
    """

    def __init__(self, path: Path, threads: int | None = None, runtime: str = 'auto'):
        self._file = OnnxFile.open(path)
        kind = self._file.contract.output.kind
        if kind != RELATIVE:
            raise OnnxError(f"{path}: its contract says '{kind}', but only '{RELATIVE}' can take a checkpoint's place")
        shape = self._shape(USUAL_CAMERA)
        described = f'ONNX {self._file.identity}, at {shape[3]}x{shape[2]}'
        super().__init__(threads, start(runtime, Workload(self._file, None, shape, threads, described)))
        self._file.as_map(self.running.runtime(np.zeros(shape, np.float32)))

    @property
    def name(self) -> str:
        return self._file.contract.name

    @property
    def digest(self) -> str:
        return self._file.identity

    @property
    def licence(self) -> str:
        return self._file.contract.licence

    def view(self, camera: Camera) -> CanonicalView:
        height, width = self._file.contract.input.size.size(camera)
        return CanonicalView(camera, slice(0, camera.height), slice(0, camera.width), height, width, math.nan)

    def estimate(
        self, image: np.ndarray, camera: Camera, *, confidence: bool = False, steadied: Steady | None = None
    ) -> DepthEstimate:
        check_image(image, camera)
        view = self.view(camera)
        answer = self._file.as_map(self.running.runtime(self._file.pixels(image, view.height, view.width)))
        relative = cv2.resize(answer, (camera.width, camera.height), interpolation=cv2.INTER_LINEAR)
        relative[~np.isfinite(relative)] = np.nan
        with np.errstate(divide='ignore'):
            depth = np.float32(1) / relative
        stride = max(1, round(view.height / answer.shape[0]))
        return DepthEstimate(depth, view, GENERAL.baseline, stride, relative=self._file.identity)

    def _shape(self, camera: Camera) -> tuple[int, int, int, int]:
        view = self.view(camera)
        return 1, self._file.channels, view.height, view.width
