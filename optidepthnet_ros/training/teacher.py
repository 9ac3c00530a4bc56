# SPDX-License-Identifier: Apache-2.0
"""A larger network that teaches a smaller one."""

import torch
from torch.nn import functional as F

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.imaging.flip_blend import blend
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.network.optidepthnet import OptiDepthNet
from optidepthnet_ros.training.error import TrainingError


class Teacher:
    """Predicts both disparities of the left image with a frozen network.

    They have the size and the canonical camera of the student.

    :param checkpoint: it gets images resized to its own canonical focal length
    :param student: header of the checkpoint that the student becomes
    :param flip: whether to use the mirrored image as well, for the left disparity: areas that only one camera sees
        are on the other side there (the right view of a mirrored image is not a view of this rig)
    :raises TrainingError: its input colour differs from that of the student
    """

    def __init__(self, checkpoint: Checkpoint, student: Provenance, flip: bool = False):
        p = checkpoint.provenance
        if p.input_colour != student.input_colour:
            raise TrainingError(
                f'--teacher: {p.network} takes {p.input_colour} images, but the training uses '
                f'{student.input_colour} ones: give a checkpoint that was trained on those'
            )
        self._network: OptiDepthNet = fold(checkpoint.build()).to(  # type: ignore[call-overload]  # missing in torch
            memory_format=torch.channels_last
        )
        self._flip = flip
        self._own, self._students = p.canonical, student.canonical

    def to(self, device: torch.device) -> None:
        """Move it to the device of the images."""
        self._network.to(device)

    @torch.no_grad()
    def predict(self, image: torch.Tensor) -> torch.Tensor:
        """Return (N, 2, H, W): the student's left and right disparity, for images (N, 1 or 3, H, W) in 0..1."""
        zoom = self._own.focal / self._students.focal
        size = tuple(round(zoom * length) for length in image.shape[2:])
        resized = image if image.shape[2:] == size else F.interpolate(image, size, mode='bilinear', antialias=True)
        finest = self._disparities(resized)
        if self._flip:
            mirror = self._disparities(resized.flip(3)).flip(3)
            position = torch.linspace(0, 1, finest.shape[3], device=finest.device)
            finest[:, 0] = blend(finest[:, 0], mirror[:, 0], position)
        if finest.shape[2:] != image.shape[2:]:
            finest = F.interpolate(finest, image.shape[2:], mode='bilinear', antialias=True)
        # Depth is unit / disparity for both; rounding to whole pixels changes the focal length of the teacher.
        rounded = size[1] / (zoom * image.shape[3])
        return finest * (self._students.unit / (self._own.unit * rounded))

    def _disparities(self, image: torch.Tensor) -> torch.Tensor:
        return self._network(image.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last))[0].float()
