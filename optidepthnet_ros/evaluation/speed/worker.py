# SPDX-License-Identifier: Apache-2.0
"""The process of one contestant: it is pinned, loads, and then runs whenever it is its turn."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from optidepthnet_ros.evaluation.speed.contestant import Contestant

if TYPE_CHECKING:  # they are imported once the threads are set
    import numpy as np

    from optidepthnet_ros.inference.runtimes.runtime import Runtime

CALLS = 2  # timed calls per turn, after an untimed one: the others have filled caches and put threads to sleep


@dataclass(frozen=True)
class Loaded:
    """What is known before the first turn.

    :param gmac: billions of multiply-accumulates for one image
    :param seconds: time from the network in memory until the runtime has passed its self-test and run its input once
    """

    parameters: int
    gmac: float
    seconds: float


def work(contestant: Contestant, connection: Connection) -> None:
    """Send :class:`Loaded`, or a text that says why not; then the times of a turn for each True; finally the memory.

    Times are pairs of seconds: wall-clock time, and processor time of all threads. Memory is the peak of the
    whole process, in MB.
    """
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[: contestant.threads])
    os.environ['OMP_NUM_THREADS'] = str(contestant.threads)  # torch reads it when it is imported
    try:
        loaded, turn = _load(contestant)
    except Exception as error:
        connection.send(f'{error}')
        return
    connection.send(loaded)
    while connection.recv():
        connection.send(turn())
    connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _load(contestant: Contestant) -> tuple[Loaded, Callable[[], list[tuple[float, float]]]]:
    from optidepthnet_ros.inference.runtimes import Workload, build, usable

    usable(contestant.runtime)  # before anything that takes seconds
    import numpy as np
    import torch

    from optidepthnet_ros.checkpoints.self_test import SelfTest
    from optidepthnet_ros.evaluation.speed.counts import count_costs, count_parameters
    from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager
    from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork

    torch.set_num_threads(contestant.threads)
    module = contestant.build()
    network = TorchNetwork('', lambda: module)
    shape = (1, 3, contestant.height, contestant.width)
    workload = Workload(network, SelfTest.of(TorchEager(network, contestant.threads)), shape, contestant.threads, '')
    start = time.perf_counter()
    runtime = build(contestant.runtime, workload, warm=True)
    seconds = time.perf_counter() - start
    loaded = Loaded(count_parameters(module), count_costs(module, *shape[2:]).gmac, seconds)
    pixels = np.random.default_rng(0).random(shape, np.float32)

    def turn() -> list[tuple[float, float]]:
        runtime(pixels)
        return [_timed(runtime, pixels) for _ in range(CALLS)]

    return loaded, turn


def _timed(runtime: 'Runtime', pixels: 'np.ndarray') -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    runtime(pixels)
    return time.perf_counter() - wall, time.process_time() - processor
