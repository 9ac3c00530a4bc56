# SPDX-License-Identifier: Apache-2.0
"""One status of diagnostics, and its levels. Does not depend on ROS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """Severity of a status, with the numbers of diagnostic_msgs/DiagnosticStatus."""

    OK = 0
    WARN = 1
    ERROR = 2

    @property
    def as_byte(self) -> bytes:
        """The level as the field of the message."""
        return bytes([self])


@dataclass(frozen=True)
class Status:
    """One status of diagnostics.

    :param values: other values to show, formatted by ``str``
    """

    name: str
    level: Level
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
