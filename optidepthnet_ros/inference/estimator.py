"""The depth estimator: one image and its camera in, metres out."""

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.confidence import left_right_confidence
from optidepthnet_ros.geometry.depth import depth_from_disparity
from optidepthnet_ros.imaging.exposure import exposed, exposure_gain
from optidepthnet_ros.inference.runtimes import Workload, start
from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager
from optidepthnet_ros.inference.view import View
from optidepthnet_ros.network import Finest


@dataclass(frozen=True)
class DepthEstimate:
    """What one image tells.

    :param depth: (H, W) float32 metres along the optical axis (REP-118), NaN unknown, no range limit applied
    :param disparity: (H, W) float32, fractions of the width of ``view``, NaN outside it
    :param view: the part of the image that was looked at
    :param provenance: of the checkpoint that told it
    :param network_size: height and width at which the network told it
    :param confidence: (H, W) float32, 0 to 1, see :func:`left_right_confidence`, 0 outside ``view``; or None
    """

    depth: np.ndarray
    disparity: np.ndarray
    view: View
    provenance: Provenance
    network_size: tuple[int, int]
    confidence: np.ndarray | None = None

    @property
    def network_pixel(self) -> tuple[float, float]:
        """Height and width of a pixel of the network, in pixels of the image."""
        height, width = self.network_size
        return self.view.height / height, self.view.width / width


class DepthEstimator:
    """A checkpoint ready to run.

    :param threads: that the network may use; all cores when None
    :param runtime: one of :data:`optidepthnet_ros.inference.runtimes.RUNTIMES`, or ``'auto'``: the fastest here
    :param output_stride: 2 stops the decoder at half resolution: faster, less sharp
    :ivar running: the runtime that was chosen, and why
    :raises optidepthnet_ros.inference.runtimes.RuntimeUnusable: the runtime is not installed, or fails the self-test
    :raises ValueError: another output stride
    """

    def __init__(
        self, checkpoint: Checkpoint, threads: int | None = None, runtime: str = 'torch', output_stride: int = 1
    ):
        self.checkpoint = checkpoint
        self._output_stride = output_stride
        self._threads = threads
        self.running = start(runtime, self._job())

    @classmethod
    def from_file(
        cls, path: str | Path, threads: int | None = None, runtime: str = 'torch', output_stride: int = 1
    ) -> 'DepthEstimator':
        """Load a checkpoint, self-test included.

        :raises optidepthnet_ros.checkpoints.checkpoint.CheckpointError: see :meth:`Checkpoint.load`
        :raises ValueError: as the class
        """
        return cls(Checkpoint.load(path), threads, runtime, output_stride)

    @property
    def name(self) -> str:
        """The network's name."""
        return self.checkpoint.provenance.network

    @property
    def runtime(self) -> str:
        """The runtime's name, and why it is this one."""
        return f'{self.running.name} ({self.running.reason})'

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """What the runtime is given: (1, 3, H, W)."""
        p = self.checkpoint.provenance
        return 1, 3, *self.checkpoint.folded.padded(p.input_height, p.input_width)

    @property
    def threads(self) -> int:
        """Processor threads that the network may use."""
        return self._threads or os.cpu_count()

    @property
    def digest(self) -> str:
        """SHA-256 of the checkpoint file."""
        return self.checkpoint.digest

    def estimate(self, image: np.ndarray, camera: Camera, *, confidence: bool = False) -> DepthEstimate:
        """Estimate the depth of every pixel.

        Z = b0 * fx / (disparity * width): the network's disparity is of the rig it was trained on, with
        baseline b0; the focal length is the live camera's.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray, rectified
        :param camera: of this image
        :param confidence: also check left against right disparity; the network predicts both in any case
        :raises ValueError: another shape or type, or a camera of another size
        """
        _check(image, camera)
        provenance = self.checkpoint.provenance
        view = View.of(camera, provenance)
        left, right = self._disparities(view.cut(image))
        disparity = _resized(left, view)
        depth = depth_from_disparity(disparity, provenance.baseline, view.camera)
        checked = view.paste(_resized(left_right_confidence(left, right), view), outside=0.0) if confidence else None
        return DepthEstimate(view.paste(depth), view.paste(disparity), view, provenance, left.shape, checked)

    def _disparities(self, image):
        """(2, H, W) left and right disparity of an image of any size, as fractions of its width.

        At the trained size, divided by the output stride.
        """
        p, stride = self.checkpoint.provenance, self._output_stride
        finest = self.running.runtime(self._input(image))[0]
        # Padding at the right widened what the network calls the width.
        return finest[:, : p.input_height // stride, : p.input_width // stride] * np.float32(
            self.input_shape[3] / p.input_width
        )

    def _input(self, image):
        """(1, 3, H, W) float32 in 0..1, red first, as bright as usual, at the trained size, padded to the stride."""
        p = self.checkpoint.provenance
        if p.input_colour == 'gray' and image.ndim == 3:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = cv2.resize(image, (p.input_width, p.input_height), interpolation=cv2.INTER_AREA)
        _, _, height, width = self.input_shape
        image = exposed(image, exposure_gain(image))
        image = cv2.copyMakeBorder(image, 0, height - p.input_height, 0, width - p.input_width, cv2.BORDER_REPLICATE)
        pixels = np.empty((1, 3, *image.shape[:2]), np.float32)
        pixels[:] = image[..., ::-1].transpose(2, 0, 1) if image.ndim == 3 else image
        return pixels

    def _job(self):
        checkpoint, p = self.checkpoint, self.checkpoint.provenance
        network = Finest(checkpoint.folded, self._output_stride)
        if p.input_height % self._output_stride or p.input_width % self._output_stride:
            raise ValueError(
                f'output_stride is {self._output_stride}, but the input size {p.input_width}x'
                f'{p.input_height} is no multiple of it: use 1'
            )
        # The file's test is of the finest scale; it has proven the network of which this is a part.
        self_test = checkpoint.self_test if self._output_stride == 1 else None
        _, _, height, width = self.input_shape
        return Workload(
            network,
            self_test or SelfTest.of(TorchEager(network, self._threads)),
            self.input_shape,
            self._threads,
            f'{p.network}, separable scope {p.separable_scope}, at {width}x{height}, '
            f'output stride {self._output_stride}',
        )


def _resized(values, view):
    return cv2.resize(values, (view.width, view.height), interpolation=cv2.INTER_LINEAR)


def _check(image, camera):
    if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise ValueError(f'the image is {image.dtype} {image.shape}, but must be uint8 (H, W, 3) BGR or (H, W) gray')
    if image.shape[:2] != (camera.height, camera.width):
        raise ValueError(
            f'the image is {image.shape[1]}x{image.shape[0]}, but its camera {camera.width}x'
            f'{camera.height}: give the calibration of this image size, or use Camera.resized'
        )
