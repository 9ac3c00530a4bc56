# SPDX-License-Identifier: Apache-2.0
"""The depth estimator: one image and its camera in, metres out."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.files.image_sequence import read_sequence
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import CanonicalView
from optidepthnet_ros.geometry.confidence import left_right_confidence
from optidepthnet_ros.geometry.depth import depth_from_disparity
from optidepthnet_ros.imaging.exposure import exposed, exposure_gain
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.guided_upsampling import guided_upsampling
from optidepthnet_ros.imaging.resize import enlarged, resized
from optidepthnet_ros.inference.finest_network import finest_network, self_test_of
from optidepthnet_ros.inference.runtimes import Running, Workload, start

USUAL_CAMERA = Camera(640, 480, 525.0, 525.0, 319.5, 239.5)  # the runtime is chosen for this one; 63 by 49 degrees
SHIPPED_FRAMES = {'kitti_odometry': 5, 'house': 1}  # runtimes are compared on every n-th frame of each sequence

# Takes the network's disparity (h, w) and one colour channel of its input, 0 to 1, and returns the disparity to use;
# see :class:`~.temporal_filter.TemporalFilter`.
Steady: TypeAlias = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class DepthEstimate:
    """The depth estimated from one image.

    :param depth: (H, W) float32 metres along the optical axis (REP-118); NaN is unknown; no range limit is applied
    :param view: how the image was shown to the network; depth outside it is unknown
    :param baseline: metres; baseline of the stereo rig that the network's disparities refer to
    :param output_stride: pixels of ``view`` per pixel of the network's output, in each direction
    :param confidence: (H, W) float32, 0 to 1, see :func:`left_right_confidence`, 0 outside ``view``; or None
    :param relative: SHA-256 of the relative network that made this estimate, empty for metric depth. ``depth`` of a
        relative network is not in metres: it is one over relative inverse depth, of either sign, and infinite where
        that is 0, see :class:`~.relative.RelativeEstimator`
    """

    depth: np.ndarray
    view: CanonicalView
    baseline: float
    output_stride: int = 1
    confidence: np.ndarray | None = None
    relative: str = ''

    @property
    def disparity(self) -> np.ndarray:
        """The disparity of this depth: (H, W) float32, fractions of the canonical width."""
        return np.float32(self.view.unit) / self.depth

    @property
    def network_pixel(self) -> tuple[float, float]:
        """Height and width of a pixel of the network's output, in pixels of the image."""
        height, width = self.view.pixel
        return height * self.output_stride, width * self.output_stride


class Estimator(ABC):
    """Estimates depth from one image with a network that runs on this machine.

    :param threads: processor threads that the network may use; all cores if None
    :param running: the runtime that was chosen, and why
    """

    def __init__(self, threads: int | None, running: Running):
        self._threads, self.running = threads, running

    @property
    @abstractmethod
    def name(self) -> str:
        """The network's name."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """SHA-256 of the network's file."""

    @property
    @abstractmethod
    def licence(self) -> str:
        """The licence of the weights."""

    @property
    def runtime(self) -> str:
        """The runtime's name, and why it was chosen."""
        return f'{self.running.name} ({self.running.reason})'

    @property
    def threads(self) -> int:
        """Processor threads that the network may use."""
        return self._threads or os.cpu_count() or 1

    @abstractmethod
    def view(self, camera: Camera) -> CanonicalView:
        """Return how images of this camera are shown to the network.

        :raises optidepthnet_ros.geometry.camera.CalibrationError: see :meth:`CanonicalCamera.view`
        """

    def as_seen(self, image: np.ndarray) -> np.ndarray:
        """Return an image in the colours that the network takes; this does not change its estimate.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        """
        return image

    def prepare(self, camera: Camera) -> None:
        """Make the runtime ready for this camera's images.

        Some runtimes take seconds for this. Without this call, the first frame has to wait for it.

        :raises optidepthnet_ros.geometry.camera.CalibrationError: as :meth:`view`
        """
        self.running.runtime.prepare(self._shape(camera))

    def is_ready(self, camera: Camera) -> bool:
        """Whether the runtime is ready for this camera's images, so that :meth:`prepare` takes no time.

        :raises optidepthnet_ros.geometry.camera.CalibrationError: as :meth:`view`
        """
        return self.running.runtime.is_ready(self._shape(camera))

    @abstractmethod
    def estimate(
        self, image: np.ndarray, camera: Camera, *, confidence: bool = False, steadied: Steady | None = None
    ) -> DepthEstimate:
        """Estimate the depth of every pixel.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray, rectified
        :param camera: the camera of this image
        :param confidence: also check left against right disparity, if the network predicts both
        :param steadied: turns the network's disparity into the one to use; confidence remains that of the single frame
        :raises ValueError: the image has the wrong shape or type, or the camera has another size
        :raises optidepthnet_ros.geometry.camera.CalibrationError: as :meth:`view`
        """

    @abstractmethod
    def _shape(self, camera: Camera) -> tuple[int, int, int, int]:
        """Return the shape of the network's input for this camera's images."""


class DepthEstimator(Estimator):
    """A checkpoint ready to run; :mod:`~optidepthnet_ros.geometry.canonical` describes how it is shown images.

    :param threads: processor threads that the network may use; all cores if None
    :param runtime: one of :data:`optidepthnet_ros.inference.runtimes.RUNTIMES`, or ``'auto'``: the fastest on this
        machine
    :ivar running: the runtime that was chosen, and why
    :raises optidepthnet_ros.inference.runtimes.RuntimeUnusable: the runtime is not installed, or fails the self-test
    """

    def __init__(self, checkpoint: Checkpoint, threads: int | None = None, runtime: str = 'torch'):
        self.checkpoint = checkpoint
        super().__init__(threads, start(runtime, self._job(threads)))

    @classmethod
    def from_file(cls, path: str | Path, threads: int | None = None, runtime: str = 'torch') -> 'DepthEstimator':
        """Load a checkpoint and run its self-test.

        :raises optidepthnet_ros.checkpoints.checkpoint.CheckpointError: as :meth:`Checkpoint.read`, or the self-test
        """
        return cls(Checkpoint.read(path), threads, runtime)

    @property
    def name(self) -> str:
        return self.checkpoint.provenance.network

    @property
    def digest(self) -> str:
        return self.checkpoint.digest

    @property
    def licence(self) -> str:
        return self.checkpoint.provenance.licence

    def view(self, camera: Camera) -> CanonicalView:
        return self.checkpoint.provenance.canonical.view(camera)

    def as_seen(self, image: np.ndarray) -> np.ndarray:
        return to_gray(image) if self.checkpoint.provenance.input_colour == 'gray' else image

    def estimate(
        self, image: np.ndarray, camera: Camera, *, confidence: bool = False, steadied: Steady | None = None
    ) -> DepthEstimate:
        check_image(image, camera)
        provenance, view = self.checkpoint.provenance, self.view(camera)
        shown = self.as_seen(image[view.rows, view.columns])
        pixels, gain = _network_input(shown, view)
        left, right = self.running.runtime(pixels)[0]
        stride = round(view.width / left.shape[1])
        disparity = left if steadied is None else steadied(left, pixels[0, 1])
        sharp = guided_upsampling(disparity, pixels[0, 1], exposed(_guide(shown, view), gain))
        sharp = cv2.resize(sharp, shown.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        depth = _in_place(depth_from_disparity(sharp, view.unit, source=disparity), view, camera, np.nan)
        checked = None
        if confidence:
            checked = left_right_confidence(left, right, provenance.canonical_width, stride)
            checked = enlarged(checked, (view.height, view.width), shown.shape[:2])
            checked = _in_place(checked, view, camera, 0.0)
        return DepthEstimate(depth, view, provenance.baseline, stride, checked)

    def network_input(self, image: np.ndarray, view: CanonicalView) -> np.ndarray:
        """Return the network's input: (1, 3, H, W) float32 in 0..1, RGB, at canonical scale and usual exposure."""
        return _network_input(self.as_seen(image[view.rows, view.columns]), view)[0]

    def _shape(self, camera: Camera) -> tuple[int, int, int, int]:
        view = self.view(camera)
        return 1, 3, view.height, view.width

    def _job(self, threads: int | None) -> Workload:
        p, view = self.checkpoint.provenance, self.view(USUAL_CAMERA)
        network = finest_network(self.checkpoint)
        return Workload(
            network,
            self_test_of(network, self.checkpoint),
            (1, 3, view.height, view.width),
            threads,
            f'{p.network}, separable scope {p.separable_scope}, at {view.width}x{view.height}',
            self._shipped_frames,
        )

    def _shipped_frames(self) -> list[np.ndarray]:
        """Return the network's inputs for some frames of a road and of a house."""
        frames = []
        for place, step in SHIPPED_FRAMES.items():
            sequence = read_sequence(share_path('demo', place))
            view = self.view(sequence.camera)
            frames += [self.network_input(image, view) for image in sequence.images[::step]]
        return frames


def _network_input(shown: np.ndarray, view: CanonicalView) -> tuple[np.ndarray, float]:
    """Return the network's input for the part of an image that it is shown, and the exposure gain."""
    image = resized(shown, view.height, view.width)
    gain = exposure_gain(image)
    image = exposed(image, gain)
    pixels = np.empty((1, 3, *image.shape[:2]), np.float32)
    pixels[:] = image[..., ::-1].transpose(2, 0, 1) if image.ndim == 3 else image
    return pixels, gain


def _guide(shown: np.ndarray, view: CanonicalView) -> np.ndarray:
    """Return one channel of the image, at half the size if that is still larger than what the network sees."""
    channel = shown if shown.ndim == 2 else cv2.extractChannel(shown, 1)
    if channel.shape[0] < 2 * view.height or channel.shape[1] < 2 * view.width:
        return channel
    return cv2.resize(channel, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _in_place(values: np.ndarray, view: CanonicalView, camera: Camera, outside: float) -> np.ndarray:
    """Return values at their place in the whole image, with ``outside`` beyond the view."""
    if values.shape == (camera.height, camera.width):
        return values
    whole = np.full((camera.height, camera.width), outside, np.float32)
    whole[view.rows, view.columns] = values
    return whole


def check_image(image: np.ndarray, camera: Camera) -> None:
    """Check that an array is an image, and of its camera's size.

    :raises ValueError: wrong shape or type, or a camera of another size
    """
    if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise ValueError(f'the image is {image.dtype} {image.shape}, but must be uint8 (H, W, 3) BGR or (H, W) gray')
    if image.shape[:2] != (camera.height, camera.width):
        raise ValueError(
            f'the image is {image.shape[1]}x{image.shape[0]}, but its camera {camera.width}x'
            f'{camera.height}: give the calibration of this image size, or use Camera.resized'
        )
