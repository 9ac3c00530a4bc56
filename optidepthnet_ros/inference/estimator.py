"""The depth estimator: one image and its camera in, metres out."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.checkpoint import Checkpoint
from optidepthnet_ros.confidence import left_right_confidence
from optidepthnet_ros.depth import depth_from_disparity
from optidepthnet_ros.inference.view import View
from optidepthnet_ros.network import fold
from optidepthnet_ros.provenance import Provenance


@dataclass(frozen=True)
class DepthEstimate:
    """What one image tells.

    :param depth: (H, W) float32 metres along the optical axis (REP-118), NaN unknown, no range limit applied
    :param disparity: (H, W) float32, fractions of the width of ``view``, NaN outside it
    :param view: the part of the image that was looked at
    :param provenance: of the checkpoint that told it
    :param confidence: (H, W) float32, 0 to 1, see :func:`left_right_confidence`, 0 outside ``view``; or None
    """

    depth: np.ndarray
    disparity: np.ndarray
    view: View
    provenance: Provenance
    confidence: np.ndarray | None = None

    @property
    def network_pixel(self) -> tuple[float, float]:
        """Height and width of a pixel of the network, in pixels of the image."""
        return self.view.height / self.provenance.input_height, self.view.width / self.provenance.input_width


class DepthEstimator:
    """A checkpoint ready to run.

    :param threads: that the network may use; all cores when None
    """

    def __init__(self, checkpoint: Checkpoint, threads: int | None = None):
        if threads is not None:
            torch.set_num_threads(threads)
        self.checkpoint = checkpoint
        network = checkpoint.build()
        self._stride = network.stride
        self._network = fold(network).to(memory_format=torch.channels_last)
        self._warm_up()

    @classmethod
    def from_file(cls, path: str | Path, threads: int | None = None) -> 'DepthEstimator':
        """Load a checkpoint, self-test included.

        :raises optidepthnet_ros.checkpoint.CheckpointError: see :meth:`Checkpoint.load`
        """
        return cls(Checkpoint.load(path), threads)

    @property
    def name(self) -> str:
        """The network's name."""
        return self.checkpoint.provenance.network

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
        return DepthEstimate(view.paste(depth), view.paste(disparity), view, provenance, checked)

    def _disparities(self, image):
        """(2, H, W) left and right disparity of an image of any size, at the trained one, as fractions of its width."""
        p = self.checkpoint.provenance
        with torch.inference_mode():
            finest = self._network(self._input(image))[0][0].numpy()
        # Padding at the right widened what the network calls the width.
        return finest[:, :p.input_height, :p.input_width] * np.float32(finest.shape[2] / p.input_width)

    def _input(self, image):
        """(1, 3, H, W) float32 in 0..1 at the trained size, padded to the network's stride."""
        p = self.checkpoint.provenance
        if p.input_colour == 'gray' and image.ndim == 3:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        image = cv2.resize(image, (p.input_width, p.input_height), interpolation=cv2.INTER_AREA)
        image = cv2.copyMakeBorder(image, 0, -p.input_height % self._stride, 0, -p.input_width % self._stride,
                                   cv2.BORDER_REPLICATE)
        pixels = torch.from_numpy(image).float().div_(255)
        if image.ndim == 2:
            return pixels.expand(1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        return pixels.flip(-1).permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)

    def _warm_up(self):
        self._disparities(np.zeros((self.checkpoint.provenance.input_height,
                                    self.checkpoint.provenance.input_width), np.uint8))


def _resized(values, view):
    return cv2.resize(values, (view.width, view.height), interpolation=cv2.INTER_LINEAR)


def _check(image, camera):
    if image.dtype != np.uint8 or not (image.ndim == 2 or image.ndim == 3 and image.shape[2] == 3):
        raise ValueError(f'the image is {image.dtype} {image.shape}, but must be uint8 (H, W, 3) BGR or (H, W) gray')
    if image.shape[:2] != (camera.height, camera.width):
        raise ValueError(f'the image is {image.shape[1]}x{image.shape[0]}, but its camera {camera.width}x'
                         f'{camera.height}: give the calibration of this image size, or use Camera.resized')
