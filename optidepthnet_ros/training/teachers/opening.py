# SPDX-License-Identifier: Apache-2.0
"""Opens the teacher that a user names."""

from pathlib import Path

from optidepthnet_ros.checkpoints.models import is_onnx, resolve_checkpoint
from optidepthnet_ros.files.user_path import user_path
from optidepthnet_ros.training.teachers.teacher import Teacher


def open_teacher(named: str | Path) -> Teacher:
    """Return the teacher: an ONNX network by its file, or a checkpoint by its file or the name of a shipped model.

    :raises ValueError: it cannot be used; the message says why
    """
    if is_onnx(named):
        from optidepthnet_ros.training.teachers.onnx_teacher import OnnxTeacher

        return OnnxTeacher(user_path(named))
    from optidepthnet_ros.training.teachers.checkpoint_teacher import CheckpointTeacher

    return CheckpointTeacher(resolve_checkpoint(named))
