# SPDX-License-Identifier: Apache-2.0
"""When a training ends: after N steps or M minutes, whichever comes first."""

import time
from collections.abc import Callable

VALIDATING = 0.1  # of the time, a validation at most


class Budget:
    """Tells which share of a training is done, for the learning rate's schedule, and when a validation must end.

    Under a limit of time the schedule follows the clock, so that it is complete however fast the machine is, or
    however busy with other things. The last validation lies within the limit: as much is kept for it as the one before
    it took, and for the step that is under way then; what it has not seen when the time is over, it leaves out. Time
    counts on where a training is resumed.

    :param steps: at most
    :param seconds: at most, validations included; None for no limit
    :param agree: makes the clocks of several processes agree
    :param clock: seconds
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
        """Return how much is done after a number of steps, 0 to 1."""
        return min(1.0, max(step / self._steps, self._time_share))

    def elapsed(self) -> float:
        """Return the seconds that were trained so far."""
        return self.earlier + (0.0 if self._start is None else self._clock() - self._start)

    def start(self) -> None:
        """Let the time begin."""
        self._start = self._step_start = self._clock()

    def end_step(self) -> None:
        """Let :meth:`share` follow the clock."""
        now = self._clock()
        self._step_start, self._step_seconds = now, now - self._step_start
        self._follow_the_clock()

    def start_validation(self) -> None:
        """Let the time of a validation begin."""
        self._validation_start = self._clock()

    def end_validation(self) -> None:
        """Keep as much time for the next one."""
        self._step_start = self._clock()
        if self._seconds is not None:
            self._kept = self._step_start - self._validation_start  # cut short or not: saving takes its time, too
        self._follow_the_clock()

    def _follow_the_clock(self) -> None:
        if self._seconds is not None:
            # At least half of the time is trained, however long a validation takes.
            trained = max(self._seconds - self._kept - self._step_seconds, self._seconds / 2)
            self._time_share = self.agree(max(self.elapsed() / trained, self._time_share))

    def validated_enough(self, part: float = 1.0) -> bool:
        """Whether the time of the validation under way is over, or a part of it."""
        if self._seconds is None:
            return False
        used = (self._clock() - self._validation_start) / (part * VALIDATING * self._seconds)
        return self.agree(max(used, self.elapsed() / self._seconds)) >= 1
