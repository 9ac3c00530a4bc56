# SPDX-License-Identifier: Apache-2.0
"""Arguments of `ros2 launch` that no launch file declares: launch itself ignores them. Does not import launch."""

import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from optidepthnet_ros.files.share import PACKAGE
from optidepthnet_ros.ros.support.launch_arguments import Argument
from optidepthnet_ros.ros.support.similar_names import did_you_mean

# Arguments of any launch file that launch itself reads.
_OF_LAUNCH = 'emulate_tty', 'launch-prefix', 'launch-prefix-filter', 'sigkill_timeout', 'sigterm_timeout'


def refuse_unknown_arguments(file: str, declared: Iterable[Argument], given: Iterable[str]) -> None:
    """Reject command line arguments that are not declared, if the command line names this launch file.

    If another launch file includes this one, they may belong to that file or to others that it includes.

    :param file: path of the launch file
    :param declared: the arguments of this file, and of the files that it includes
    :param given: launch's ``context.argv``
    :raises ValueError: one is unknown; the message names it, its value and a similar one
    """
    if not _is_launched(Path(file)):
        return
    known = [argument['name'] for argument in declared]
    for text in given:
        name = text.partition(':=')[0]
        if name not in known and name not in _OF_LAUNCH:
            hint = did_you_mean(name, known) or 'see ros2 launch --show-args'
            raise ValueError(f'{text}: no such argument, {hint}')


def _is_launched(file: Path) -> bool:
    """Whether the command line names this launch file, by its package and name or by its path."""
    words = [word for word in sys.argv if ':=' not in word]
    return (PACKAGE, file.name) in pairwise(words) or any(
        Path(word).name == file.name and Path(word).exists() and file.samefile(word) for word in words
    )
