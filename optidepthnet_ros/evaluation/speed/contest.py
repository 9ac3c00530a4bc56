# SPDX-License-Identifier: Apache-2.0
"""Runs contestants alternately, A B C A B C, each in its own process: other load slows them all equally."""

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from typing import Any

from optidepthnet_ros.evaluation.speed.contestant import Contestant
from optidepthnet_ros.evaluation.speed.worker import Loaded, work

WARM_UP = 2  # turns


@dataclass(frozen=True)
class Result:
    """The measurements of one contestant.

    :param loaded: see :class:`~.worker.Loaded`
    :param wall: wall-clock milliseconds of each call; the n-th calls of all contestants belong together
    :param processor: milliseconds of processor time, summed over threads
    :param memory: peak memory of its process, MB
    """

    contestant: Contestant
    loaded: Loaded
    wall: list[float]
    processor: list[float]
    memory: float


def hold(contestants: list[Contestant], rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Measure; contestants that cannot run are reported and left out.

    :param say: called with lines of text
    :raises ValueError: no contestant can run
    """
    context = multiprocessing.get_context('spawn')
    runners = []
    try:
        for contestant in contestants:
            say(f'loads {contestant.name}')
            runner = _Runner(context, contestant)
            (say(f'   left out: {runner.loaded}') if isinstance(runner.loaded, str) else runners.append(runner))
        if not runners:
            raise ValueError('no contestant can take part')
        say(f'{len(runners)} contestants take {rounds} turns each')
        for number in range(-WARM_UP, rounds):
            for runner in runners:
                runner.take_turn(counts=number >= 0)
        return [runner.finish() for runner in runners]
    finally:
        for runner in runners:
            runner.process.terminate()


class _Runner:
    def __init__(self, context: SpawnContext, contestant: Contestant):
        self._contestant = contestant
        self._times: list[tuple[float, float]] = []
        self._connection, other = context.Pipe()
        self.process = context.Process(target=work, args=(contestant, other), daemon=True)
        self.process.start()
        other.close()  # so that the connection ends with the process
        self.loaded = self._receive()

    def _receive(self) -> Any:  # what worker.work sends, or a text that says why it sends nothing
        try:
            return self._connection.recv()
        except EOFError:
            self.process.join()
            return f'its process ended with status {self.process.exitcode}'

    def take_turn(self, counts: bool) -> None:
        self._connection.send(True)
        times = self._receive()
        if isinstance(times, str):
            raise ValueError(f'{self._contestant.name}: {times}')
        if counts:
            self._times += times

    def finish(self) -> Result:
        self._connection.send(False)
        memory = self._receive()
        self.process.join()
        wall, processor = ([1e3 * value for value in values] for values in zip(*self._times))
        return Result(self._contestant, self.loaded, wall, processor, memory)
