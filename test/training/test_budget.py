# SPDX-License-Identifier: Apache-2.0
"""A training with a time limit ends in time, including its last validation, however slow the machine is."""

import itertools

import pytest

from optidepthnet_ros.training.budget import Budget
from optidepthnet_ros.training.timely import Timely

MINUTE = 60.0
FRAMES = 20


class Machine:
    """Trains and validates with its own clock, in the same order as Lightning."""

    def __init__(self, step, frame, seconds=MINUTE):
        self.now = 1000.0
        self._step, self._frame = itertools.cycle(step), itertools.cycle(frame)
        self._interval = seconds / 5
        self.budget = Budget(10**6, seconds, clock=lambda: self.now)
        self.shares, self.seen = [], []

    def train(self):
        """Train, and return the seconds that it took."""
        begin = validated = self.now
        self.budget.start()
        while not self.shares or self.shares[-1] < 1:
            self.now += next(self._step)
            self.budget.end_step()
            self.shares.append(self.budget.share(len(self.shares) + 1))
            if self.shares[-1] == 1 or self.now - validated >= self._interval:
                self._validate()
                validated = self.now
                if self.budget.share(len(self.shares)) == 1:
                    break
        return self.now - begin

    def _validate(self):
        self.budget.start_validation()
        self.seen.append(len(list(Timely(Frames(self), self.budget.validated_enough))))
        self.budget.end_validation()


class Frames:
    def __init__(self, machine):
        self._machine = machine

    def __len__(self):
        return FRAMES

    def __iter__(self):
        for number in range(FRAMES):
            self._machine.now += next(self._machine._frame)
            yield number


@pytest.mark.parametrize(
    'step, frame',
    [
        ([0.2], [0.02]),
        ([0.5], [0.2]),
        ([1.0], [0.4]),
        ([3.0], [4.0]),
        ([10.0], [0.1]),
        ([0.2] * 99 + [2.0], [0.1, 0.9]),
    ],
)
def test_it_ends_within_a_step_and_a_batch_of_its_time_limit_with_a_complete_schedule(step, frame):
    machine = Machine(step, frame)
    assert 0.8 * MINUTE <= machine.train() <= MINUTE + max(step) + max(frame)
    assert machine.shares == sorted(machine.shares) and machine.shares[-1] > 0.85
    assert min(machine.seen) >= 1 and (max(frame) > 0.2 or min(machine.seen) == FRAMES)


def test_an_incomplete_validation_is_reported(caplog):
    Machine([1.0], [4.0]).train()
    assert 'the time of this validation is over: it used 2 of 20 parts' in caplog.text


def test_without_a_time_limit_steps_count_and_all_frames_are_seen():
    machine = Machine([1.0], [100.0])
    machine.budget = Budget(10, clock=lambda: machine.now)
    machine.train()
    assert len(machine.shares) == 10 and machine.shares[3] == 0.4 and set(machine.seen) == {FRAMES}


def test_a_resumed_training_has_the_remaining_time():
    machine = Machine([1.0], [0.1])
    machine.budget.earlier = MINUTE / 2
    assert machine.train() <= MINUTE / 2 + 1.1
