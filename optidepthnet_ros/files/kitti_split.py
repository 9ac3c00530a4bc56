# SPDX-License-Identifier: Apache-2.0
"""Reads the lists that split KITTI's raw recordings into training, validation and test frames."""

from pathlib import Path
from typing import NamedTuple


class SplitError(ValueError):
    """A split file cannot be used; the message names it and the line."""


class SplitFrame(NamedTuple):
    """One line: the drive as DATE/DRIVE, the frame's number, and its camera, l or r."""

    drive: str
    frame: int
    side: str


def read_split(path: Path) -> list[SplitFrame]:
    """Read lines of the form ``2011_09_26/2011_09_26_drive_0022_sync 473 r``; empty lines are skipped.

    :raises SplitError: the file cannot be read, or a line has another form
    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SplitError(f'{path}: not a readable split file ({error})') from None
    return [_parse(path, number, line.split()) for number, line in enumerate(lines, 1) if line.strip()]


def _parse(path: Path, number: int, words: list[str]) -> SplitFrame:
    if len(words) != 3 or not words[1].isdecimal() or words[2] not in ('l', 'r'):
        raise SplitError(f"{path}: line {number} is '{' '.join(words)}', but must be DATE/DRIVE FRAME l, or r")
    return SplitFrame(words[0].strip('/'), int(words[1]), words[2])
