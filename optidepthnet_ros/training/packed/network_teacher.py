# SPDX-License-Identifier: Apache-2.0
"""A checkpoint that labels each view while another network learns from it.

This is knowledge distillation: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015.
"""

import math
from dataclasses import replace

import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.recordings.depth_scene import TEACHER
from optidepthnet_ros.training.packed.photometric import as_shown
from optidepthnet_ros.training.packed.store import SOURCES
from optidepthnet_ros.training.packed.teaching import SURE
from optidepthnet_ros.training.packed.views import Views
from optidepthnet_ros.training.teachers.teacher import TeacherRecord


class NetworkTeacher:
    """Adds one metric label to each view, also where the packed labels are unknown.

    :param checkpoint: read from a file
    :raises optidepthnet_ros.checkpoints.checkpoint.CheckpointError: it cannot be used
    :ivar record: its identity and licence
    """

    def __init__(self, checkpoint: Checkpoint, device: torch.device):
        assert checkpoint.path is not None
        self._provenance = checkpoint.provenance
        self.record = TeacherRecord(checkpoint.path.stem, checkpoint.digest, self._provenance.licence)
        self._network = checkpoint.folded.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch
        self._log_unit = math.log(self._provenance.canonical.unit)
        self._sure = torch.tensor([1 + SOURCES.index(source) for source in SURE], device=device)

    def check(self, pupil: Provenance) -> None:
        """Check whether it can label the input of this network.

        :raises ValueError: it needs other images
        """
        for name in ('input_colour', 'canonical_focal'):
            its, wanted = getattr(self._provenance, name), getattr(pupil, name)
            if its != wanted:
                raise ValueError(
                    f'the teacher {self.record.name} has {name} {its}, the network has {wanted}: '
                    'both get the same images, so choose a teacher with the same value'
                )

    def label(self, views: Views) -> Views:
        """Return the views with one more label of source ``teacher``; unknown where a renderer or sensor has depth.

        :param views: as cut, before their light is varied, so that the teacher gets the best image
        """
        log_inverse = self._network(as_shown(views.image))[0][:, :1].float().log() - self._log_unit
        sure = torch.isin(views.source, self._sure)[:, :, None, None] & views.log_inverse.isfinite()
        log_inverse = log_inverse.masked_fill(sure.any(1, keepdim=True), torch.nan)
        source = torch.full_like(views.source[:, :1], 1 + SOURCES.index(TEACHER))
        return replace(
            views,
            log_inverse=torch.cat([views.log_inverse, log_inverse], 1),
            source=torch.cat([views.source, source], 1),
        )
