"""The parameters of the training node: declaration with type, range and meaning, and what they ask for."""

from pathlib import Path

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node

from optidepthnet_ros.checkpoints.models import default_checkpoint, resolve_checkpoint
from optidepthnet_ros.finetuning.frame_choice import Thresholds
from optidepthnet_ros.finetuning.job import PLACES, PROMOTIONS, Job

# rcl knows no empty list of strings.
_NONE = ['']
_TRAIN_OPTIONS = ['--recipe', 'finetune']


def _text(description):
    return ParameterDescriptor(description=description)


def _number(description, low, high):
    return ParameterDescriptor(
        description=description, floating_point_range=[FloatingPointRange(from_value=low, to_value=high)]
    )


def _count(description, low, high):
    return ParameterDescriptor(
        description=description, integer_range=[IntegerRange(from_value=low, to_value=high, step=1)]
    )


_DECLARATIONS = {
    'folder': (
        '~/.ros/optidepthnet',
        ParameterDescriptor(description='Where recordings, runs and promoted models are kept.', read_only=True),
    ),
    'recordings': (
        _NONE,
        _text(
            'Recordings to learn from: bags, scene folders, KITTI drives, or folders of these; '
            'empty: what the node has recorded.'
        ),
    ),
    'place': (
        '',
        ParameterDescriptor(
            description='Where the recordings were made: what is bright and smooth above is sky outdoors (in daylight), '
            'and may be a ceiling indoors. It has no default.',
            additional_constraints=f'One of {", ".join(PLACES)}.',
        ),
    ),
    'recording_options': (_NONE, _text('Options for reading them, such as --topics and --stamp-tolerance.')),
    'base': (
        '',
        _text(
            'Checkpoint to start from: a file, or a shipped model by its name; '
            'empty: the promoted one, else the default model.'
        ),
    ),
    'minutes': (30.0, _number('Time to train, validations included; 0: no limit but --steps.', 0.0, 10000.0)),
    'hold_out_tail': (0.2, _number('Share of each recording, its end, to compare on; never trained on.', 0.01, 0.79)),
    'rehearsal': (_NONE, _text('Recordings of what the base knows and shall not forget.')),
    'rehearsal_share': (0.25, _number('Share of the samples that are from these.', 0.01, 0.99)),
    'train_options': (_TRAIN_OPTIONS, _text('More options of `optidepthnet train`.')),
    'licence': ('that of the recordings', _text('Licence of the recordings, for the header of the checkpoint.')),
    'promotion': (
        'if_better',
        ParameterDescriptor(
            description='When to put the result in use.', additional_constraints=f'One of {", ".join(PROMOTIONS)}.'
        ),
    ),
    'nice': (10, _count('Priority of the training: 0 as others, 19 last of all.', 0, 19)),
    'threads': (1, _count('Processor threads of the training.', 1, 1024)),
    'depth_node': ('', _text('Name of a depth node whose parameter checkpoint follows what is promoted; empty: none.')),
    'record.image_transport': (
        'raw',
        ParameterDescriptor(
            description='raw: subscribe to left/image and right/image; compressed: to left/image/compressed and so on.',
            additional_constraints='One of raw, compressed.',
        ),
    ),
    'record.stamp_tolerance': (0.005, _number('Seconds that the stamps of a pair may differ by.', 0.0, 1.0)),
    'record.interval': (0.3, _number('Seconds from a kept pair to the next, at least.', 0.0, 3600.0)),
    'record.change': (4.0, _number('Mean difference to the last kept frame in grey levels, at least.', 0.0, 255.0)),
    'record.sharpness': (0.5, _number('Sharpness over the median of the last 30 frames, at least.', 0.0, 1.0)),
    'record.clipped': (0.4, _number('Share of black and white pixels, at most.', 0.0, 1.0)),
    'record.keep_free_gb': (5.0, _number('Gigabytes of the disk that are left free.', 0.0, 100000.0)),
}


def declare_parameters(node: Node) -> None:
    """Declare all parameters.

    :raises rclpy.exceptions.ParameterException: a given value of another type or out of range; it says which
    """
    for name, (default, descriptor) in _DECLARATIONS.items():
        node.declare_parameter(name, default, descriptor)


def folder_of(node: Node) -> Path:
    """Return the folder that everything is kept in."""
    return Path(node.get_parameter('folder').value).expanduser().resolve()


def job_of(node: Node, current: Path | None) -> Job:
    """Return the fine-tuning that the parameters ask for.

    :param current: the checkpoint in use, if any
    :raises ValueError: see :class:`Job`, or a path that does not exist
    """

    def value(name):
        found = node.get_parameter(name).value
        return tuple(item for item in found if item) if isinstance(found, list) else found

    folder = folder_of(node)
    job = Job(
        store=str(folder),
        recordings=value('recordings') or (str(folder / 'recordings'),),
        base=str(resolve_checkpoint(value('base') or current or default_checkpoint())),
        **{
            name: value(name)
            for name in (
                'place',
                'minutes',
                'hold_out_tail',
                'rehearsal',
                'rehearsal_share',
                'promotion',
                'licence',
                'nice',
                'threads',
                'recording_options',
                'train_options',
            )
        },
    )
    for path in map(Path, (*job.recordings, *job.rehearsal)):
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            raise ValueError(
                f'{path}: {"an empty folder" if path.exists() else "no such file or folder"}: record '
                'something, or correct recordings and rehearsal'
            )
    return job


def thresholds_of(node: Node) -> Thresholds:
    """Return what a frame must be to be recorded."""
    return Thresholds(
        **{name: node.get_parameter(f'record.{name}').value for name in ('interval', 'change', 'sharpness', 'clipped')}
    )
