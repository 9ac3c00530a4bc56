# SPDX-License-Identifier: Apache-2.0
"""One line of diagnostics, and its levels. Knows no ROS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """How serious a line of diagnostics is, by diagnostic_msgs/DiagnosticStatus's numbers."""

    OK = 0
    WARN = 1
    ERROR = 2

    @property
    def as_byte(self) -> bytes:
        """The field of the message."""
        return bytes([self])


@dataclass(frozen=True)
class Status:
    """One line of diagnostics.

    :param values: what else to show, formatted by ``str``
    """

    name: str
    level: Level
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
