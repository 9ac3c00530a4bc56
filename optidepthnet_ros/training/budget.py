# SPDX-License-Identifier: Apache-2.0
"""When a training ends: after N steps or M minutes, whichever comes first."""

import time
from collections.abc import Callable

VALIDATING = 0.1  # maximum share of the time for a validation


class Budget:
    """Tells which share of a training is done, for the learning rate schedule, and when a validation must end.

    With a time limit the schedule follows the clock, so that it is completed on machines of any speed and load. The
    last validation lies within the limit: the time that the previous one took, and the time of one step, are reserved
    for it; frames that it has not seen when the time is over are left out. The time of a resumed training includes that
    of the runs before.

    :param steps: maximum number of steps
    :param seconds: maximum time, including validations; None for no limit
    :param agree: makes the clocks of several processes agree
    :param clock: returns seconds
    """

    def __init__(
        self,
        steps: int,
        seconds: float | None = None,
        agree: Callable[[float], float] = lambda value: value,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._steps, self._seconds, self._clock = steps, seconds, clock
        self.agree = agree
        self.earlier = 0.0  # seconds, of the runs that this one resumes
        self._start: float | None = None
        self._time_share = 0.0
        self._validation_start = 0.0
        self._kept = VALIDATING * (seconds or 0.0)  # seconds for the last validation
        self._step_start = self._step_seconds = 0.0

    def share(self, step: int) -> float:
        """Return the share that is done after a number of steps, 0 to 1."""
        return min(1.0, max(step / self._steps, self._time_share))

    def elapsed(self) -> float:
        """Return the seconds of training so far."""
        return self.earlier + (0.0 if self._start is None else self._clock() - self._start)

    def start(self) -> None:
        """Start the clock."""
        self._start = self._step_start = self._clock()

    def end_step(self) -> None:
        """Update :meth:`share` by the clock."""
        now = self._clock()
        self._step_start, self._step_seconds = now, now - self._step_start
        self._follow_the_clock()

    def start_validation(self) -> None:
        """Start the clock of a validation."""
        self._validation_start = self._clock()

    def end_validation(self) -> None:
        """Reserve the same time for the next one."""
        self._step_start = self._clock()
        if self._seconds is not None:
            self._kept = self._step_start - self._validation_start  # even if it was cut short; includes saving
        self._follow_the_clock()

    def _follow_the_clock(self) -> None:
        if self._seconds is not None:
            # At least half of the time is for training, however long a validation takes.
            trained = max(self._seconds - self._kept - self._step_seconds, self._seconds / 2)
            self._time_share = self.agree(max(self.elapsed() / trained, self._time_share))

    def validated_enough(self, part: float = 1.0) -> bool:
        """Whether the time of the current validation, or a part of it, is over."""
        if self._seconds is None:
            return False
        used = (self._clock() - self._validation_start) / (part * VALIDATING * self._seconds)
        return self.agree(max(used, self.elapsed() / self._seconds)) >= 1
