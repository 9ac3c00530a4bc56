# SPDX-License-Identifier: Apache-2.0
"""What the training node's parameters request: a fine-tuning job, and the selection of frames to record."""

import tempfile
from pathlib import Path

from optidepthnet_ros.checkpoints.models import PLACES, resolve_checkpoint
from optidepthnet_ros.files.user_path import user_path
from optidepthnet_ros.finetuning.frame_choice import Thresholds
from optidepthnet_ros.finetuning.job import Job
from optidepthnet_ros.ros.training_node.parameters import SOURCES, Parameters
from optidepthnet_ros.ros.training_node.rgbd_source import RgbdSource
from optidepthnet_ros.ros.training_node.source import Source
from optidepthnet_ros.ros.training_node.stereo_source import StereoSource

_SAME_IN_JOB = ('minutes', 'hold_out_tail', 'rehearsal_share', 'promotion', 'licence', 'nice', 'threads')


def folder_of(named: str) -> Path:
    """Return the folder where everything is kept; create it if it does not exist.

    :raises ValueError: it cannot be created or written to; the message says why
    """
    if not named:
        raise ValueError('folder is empty: give a folder for recordings, runs and models')
    try:
        folder = user_path(named).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(
            f'folder {named} cannot be written to ({reason}): give one that this user can write to'
        ) from None


def job_of(parameters: Parameters, folder: Path, current: Path | None) -> Job:
    """Return the fine-tuning job.

    :param folder: where everything is kept
    :param current: the checkpoint in use, if any
    :raises ValueError: no place, see :class:`Job`, or a path that does not exist
    """
    if parameters.place not in PLACES:
        raise ValueError(
            f"place is '{parameters.place}', but must say where the recordings were made: road, for all recordings "
            'made outdoors in daylight, where bright, smooth areas at the top are sky, or indoors, where they may be a '
            'ceiling'
        )
    job = Job(
        store=str(folder),
        sky=parameters.place == 'road',
        recordings=_expanded(parameters.recordings) or (str(folder / 'recordings'),),
        rehearsal=_expanded(parameters.rehearsal),
        base=str(resolve_checkpoint(parameters.base or current or PLACES[parameters.place])),
        recording_options=_expanded(parameters.recording_options),
        train_options=_expanded(parameters.train_options),
        **{name: getattr(parameters, name) for name in _SAME_IN_JOB},
    )
    for path in map(Path, (*job.recordings, *job.rehearsal)):
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            raise ValueError(
                f'{path}: {"an empty folder" if path.exists() else "no such file or folder"}: record '
                'something, or correct recordings and rehearsal'
            )
    return job


def source_of(parameters: Parameters) -> Source:
    """Return the camera to record from."""
    kind = dict(zip(SOURCES, (StereoSource, RgbdSource)))[parameters.source]
    return kind(compressed=parameters.record_image_transport == 'compressed')


def _expanded(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Replace ``~`` by the user's home in paths; other texts are not changed."""
    return tuple(str(user_path(text)) if text.startswith('~') else text for text in texts)


def thresholds_of(parameters: Parameters) -> Thresholds:
    """Return the thresholds that a frame must meet to be recorded."""
    return Thresholds(
        interval=parameters.record_interval,
        change=parameters.record_change,
        sharpness=parameters.record_sharpness,
        clipped=parameters.record_clipped,
    )
