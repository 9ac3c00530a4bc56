# SPDX-License-Identifier: Apache-2.0
"""The parameters of the training node: their names, types, defaults, ranges and meaning.

Imports neither ROS nor torch, because launch files read it, see ``ros/support/parameter.py``.
"""

from dataclasses import dataclass

from optidepthnet_ros.checkpoints.models import PLACES
from optidepthnet_ros.finetuning.job import PROMOTIONS
from optidepthnet_ros.ros.support.parameter import IMAGE_TRANSPORTS, Change, check_choices, parameter

SOURCES = ('stereo', 'rgbd')
_TRAIN_OPTIONS = ('--recipe', 'finetune')


@dataclass(frozen=True)
class Parameters:
    """One set of values, as read by a service.

    :raises ValueError: a string that is not one of its choices; the message names them
    """

    folder: str = parameter(
        '~/.ros/optidepthnet',
        'Folder for recordings, runs and promoted models; current.safetensors is the model in use.',
        change=Change.READ_ONLY,
    )
    source: str = parameter(
        'stereo',
        'Camera to record. stereo: left/image and right/image, each with its camera_info; rgbd: rgb/image, '
        'rgb/camera_info, and depth/image, aligned to the images (16UC1 in millimetres, 32FC1 in metres).',
        choices=SOURCES,
    )
    recordings: tuple[str, ...] = parameter(
        (),
        'Recordings to learn from: bags, scene folders, KITTI drives, or folders of these; empty: those that the '
        'node has recorded.',
    )
    place: str = parameter(
        '',
        'Where the recordings were made. road: anywhere outdoors in daylight; bright and smooth areas at the top '
        'edge of the image are sky. indoors: such areas may be a ceiling. It must be set before a training starts.',
        choices=tuple(PLACES),
    )
    recording_options: tuple[str, ...] = parameter(
        (), 'Options for reading the recordings, such as --topics and --stamp-tolerance.'
    )
    base: str = parameter(
        '',
        'Checkpoint to start from: a file or the name of a shipped model; empty: the promoted model, else the model '
        'that is shipped for place.',
    )
    minutes: float = parameter(
        30.0, 'Training time in minutes, validations included; 0: no limit other than --steps.', limits=(0.0, 10000.0)
    )
    hold_out_tail: float = parameter(
        0.2,
        'Fraction at the end of each recording that is used for the comparison and never trained on.',
        limits=(0.01, 0.79),
    )
    rehearsal: tuple[str, ...] = parameter(
        (), 'Recordings of scenes that the base model already handles and must not forget.'
    )
    rehearsal_share: float = parameter(0.25, 'Fraction of the samples that come from rehearsal.', limits=(0.01, 0.99))
    train_options: tuple[str, ...] = parameter(_TRAIN_OPTIONS, 'Additional options of `optidepthnet train`.')
    licence: str = parameter(
        'that of the recordings', 'Licence of the recordings, written to the header of the checkpoint.'
    )
    promotion: str = parameter('if_better', 'When to promote the result, so that it is used.', choices=PROMOTIONS)
    nice: int = parameter(10, 'Priority (nice value) of the training: 0 as other processes, 19 lowest.', limits=(0, 19))
    threads: int = parameter(1, 'CPU threads of the training.', limits=(1, 1024))
    depth_node: str = parameter(
        '', 'Name of a depth node whose parameter checkpoint is set to each promoted model; empty: none.'
    )
    record_image_transport: str = parameter(
        'raw',
        'raw: subscribe to the uncompressed images; compressed: to left/image/compressed and '
        'right/image/compressed, or to rgb/image/compressed and depth/image/compressedDepth.',
        name='record.image_transport',
        choices=IMAGE_TRANSPORTS,
    )
    record_stamp_tolerance: float = parameter(
        0.005,
        'Maximum difference in seconds between the stamps of a pair.',
        name='record.stamp_tolerance',
        limits=(0.0, 1.0),
    )
    record_interval: float = parameter(
        0.3, 'Minimum time in seconds from a kept pair to the next.', name='record.interval', limits=(0.0, 3600.0)
    )
    record_change: float = parameter(
        4.0,
        'Minimum mean difference from the last kept frame, in grey levels.',
        name='record.change',
        limits=(0.0, 255.0),
    )
    record_sharpness: float = parameter(
        0.5,
        'Minimum sharpness, relative to the median of the last 30 frames.',
        name='record.sharpness',
        limits=(0.0, 1.0),
    )
    record_clipped: float = parameter(
        0.4, 'Maximum fraction of black and white pixels.', name='record.clipped', limits=(0.0, 1.0)
    )
    record_keep_free_gb: float = parameter(
        5.0, 'Gigabytes of disk space that are left free.', name='record.keep_free_gb', limits=(0.0, 100000.0)
    )

    def __post_init__(self) -> None:
        check_choices(self)
