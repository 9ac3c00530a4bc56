# SPDX-License-Identifier: Apache-2.0
"""The settings of a fine-tuning, and the commands that run it."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.finetuning.reserved_options import check_options

PROMOTIONS = ('if_better', 'always', 'never')
CANDIDATE = 'last.safetensors'  # not the best: choosing by the held-out frames would bias the comparison on them
REPORT, PICTURE = 'report.json', 'comparison.png'
_FILE = 'job.json'


@dataclass(frozen=True)
class Job:
    """One fine-tuning.

    :param recordings: paths, see ``optidepthnet train --data``
    :param sky: bright, smooth areas at the top edge are sky, as outdoors in daylight; indoors they may be a ceiling
    :param base: checkpoint to start from
    :param store: folder of the :class:`~optidepthnet_ros.finetuning.store.ModelStore`
    :param minutes: limit of training time; 0 for no limit other than steps
    :param hold_out_tail: share of each recording for the comparison
    :param rehearsal: paths, may be empty
    :param promotion: one of ``PROMOTIONS``
    :param licence: licence of the recordings
    :param nice: niceness of the processes, 0 (normal) to 19 (lowest priority)
    :param threads: threads of each process
    :param recording_options: options for reading recordings, for both commands
    :param train_options: additional options of ``optidepthnet train``
    :raises ValueError: an unknown promotion, or an option that follows from the others
    """

    recordings: tuple[str, ...]
    sky: bool
    base: str
    store: str
    minutes: float
    hold_out_tail: float
    rehearsal: tuple[str, ...]
    rehearsal_share: float
    promotion: str
    licence: str
    nice: int
    threads: int
    recording_options: tuple[str, ...]
    train_options: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.promotion not in PROMOTIONS:
            raise ValueError(f"promotion is '{self.promotion}', but must be one of {', '.join(PROMOTIONS)}")
        check_options('recording_options', self.recording_options)
        check_options('train_options', self.train_options)

    def training(self, folder: Path, resume: bool) -> list[str]:
        """Return the command line for training, with its output in a folder."""
        return _command(
            'train',
            '--data',
            *self.recordings,
            '--base',
            self.base,
            '--output',
            folder,
            '--hold-out-tail',
            self.hold_out_tail,
            '--licence',
            self.licence,
            *(['--minutes', str(self.minutes)] if self.minutes else []),
            *(
                ['--rehearse', *self.rehearsal, '--rehearsal-share', str(self.rehearsal_share)]
                if self.rehearsal
                else []
            ),
            *self.recording_options,
            '--sky' if self.sky else '--no-sky',
            *self.train_options,
            *(['--resume'] if resume else []),
        )

    def comparison(self, folder: Path) -> list[str]:
        """Return the command line that compares the result of the training in a folder, and promotes it."""
        promotion: dict[str, list[str]] = {
            'if_better': ['--store', self.store],
            'always': ['--store', self.store, '--force'],
            'never': [],
        }
        return _command(
            'promote',
            folder / CANDIDATE,
            '--base',
            self.base,
            '--data',
            *self.recordings,
            '--hold-out-tail',
            self.hold_out_tail,
            '--report',
            folder / REPORT,
            '--threads',
            self.threads,
            *self.recording_options,
            *(['--sky'] if self.sky else []),
            *promotion[self.promotion],
        )

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        write_json(folder / _FILE, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> 'Job':
        """Read what :meth:`save` wrote.

        :raises ValueError: it is damaged, or was written by another version
        """
        path = folder / _FILE
        try:
            content: dict[str, Any] = json.loads(path.read_text())
            lists = {name: tuple(value) for name, value in content.items() if isinstance(value, list)}
            return cls(**{**content, **lists})
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f'{path}: damaged, or written by another version ({error}): start again') from None


def _command(name: str, *arguments: str | float | Path) -> list[str]:
    return [sys.executable, '-m', 'optidepthnet_ros.cli', name, *map(str, arguments)]
