# SPDX-License-Identifier: Apache-2.0
"""What a fine-tuning is doing, or how its last run ended."""

from enum import Enum


class State(str, Enum):
    """A state; its value is the word that files, logs, services and diagnostics show."""

    IDLE = 'idle'
    TRAINING = 'training'
    COMPARING = 'comparing'
    STOPPED = 'stopped'
    FAILED = 'failed'
    PROMOTED = 'promoted'
    REFUSED = 'refused'
    COMPARED = 'compared'

    __str__ = str.__str__

    @property
    def is_busy(self) -> bool:
        """Whether a child process runs in this state."""
        return self in (State.TRAINING, State.COMPARING)

    @property
    def is_resumable(self) -> bool:
        """Whether the run can be continued."""
        return self in (State.STOPPED, State.FAILED)

    @property
    def is_complete(self) -> bool:
        """Whether the run reached a verdict."""
        return self in (State.PROMOTED, State.REFUSED, State.COMPARED)
