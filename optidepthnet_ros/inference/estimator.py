"""The depth estimator: one image and its camera in, metres out."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from optidepthnet_ros.camera import Camera
from optidepthnet_ros.checkpoint import Checkpoint
from optidepthnet_ros.depth import depth_from_disparity
from optidepthnet_ros.inference.view import View
from optidepthnet_ros.network import fold


@dataclass(frozen=True)
class DepthEstimate:
    """What one image tells.

    :param depth: (H, W) float32 metres along the optical axis (REP-118), NaN unknown, no range limit applied
    :param disparity: (H, W) float32, fractions of the width of ``view``, NaN outside it
    :param view: the part of the image that was looked at
    """

    depth: np.ndarray
    disparity: np.ndarray
    view: View


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

    @property
    def threads(self) -> int:
        """Processor threads that the network uses."""
        return torch.get_num_threads()

    def estimate(self, image: np.ndarray, camera: Camera) -> DepthEstimate:
        """Estimate the depth of every pixel.

        Z = b0 * fx / (disparity * width): the network's disparity is of the rig it was trained on, with
        baseline b0; the focal length is the live camera's.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray, rectified
        :param camera: of this image
        :raises ValueError: another shape or type, or a camera of another size
        """
        _check(image, camera)
        view = View.of(camera, self.checkpoint.provenance)
        disparity = self._disparity(view.cut(image))
        depth = depth_from_disparity(disparity, self.checkpoint.provenance.baseline, view.camera)
        return DepthEstimate(view.paste(depth), view.paste(disparity), view)

    def _disparity(self, image):
        """Left disparity (H, W) of an image of any size, as fractions of its width."""
        height, width = image.shape[:2]
        with torch.inference_mode():
            finest = self._network(self._input(image))[0]
        p = self.checkpoint.provenance
        left = finest[0, 0, :p.input_height, :p.input_width].numpy()
        # Padding at the right widened what the network calls the width.
        left = left * (finest.shape[3] / p.input_width)
        return cv2.resize(left, (width, height), interpolation=cv2.INTER_LINEAR)

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
        self._disparity(np.zeros((self.checkpoint.provenance.input_height,
                                  self.checkpoint.provenance.input_width), np.uint8))


def _check(image, camera):
    if image.dtype != np.uint8 or not (image.ndim == 2 or image.ndim == 3 and image.shape[2] == 3):
        raise ValueError(f'the image is {image.dtype} {image.shape}, but must be uint8 (H, W, 3) BGR or (H, W) gray')
    if image.shape[:2] != (camera.height, camera.width):
        raise ValueError(f'the image is {image.shape[1]}x{image.shape[0]}, but its camera {camera.width}x'
                         f'{camera.height}: give the calibration of this image size, or use Camera.resized')
