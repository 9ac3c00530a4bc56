"""Which runtime: the one that was asked for, or for ``auto`` the fastest here, measured once and remembered."""

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.inference.runtimes import timing_cache
from optidepthnet_ros.inference.runtimes.build import Workload, build
from optidepthnet_ros.inference.runtimes.runtime import Runtime, RuntimeUnusable
from optidepthnet_ros.inference.runtimes.table import RUNTIMES

AUTO = 'auto'
_ROUNDS = 7
_ENOUGH = 5.0  # seconds; slow networks get fewer rounds


@dataclass(frozen=True)
class Running:
    """A runtime, and why it is this one.

    :param name: one of ``RUNTIMES``
    :param reason: as text
    """

    name: str
    runtime: Runtime
    reason: str


def start(name: str, workload: Workload) -> Running:
    """Return the runtime of this name; for ``'auto'`` the fastest of those that can be used and compute in float32.

    :raises RuntimeUnusable: see :func:`build`
    """
    if name != AUTO:
        return Running(name, build(name, workload), 'as asked')
    candidates = [name for name, kind in RUNTIMES.items() if kind.AUTOMATIC and not _obstacle(kind)]
    if candidates == ['torch']:
        return Running(
            'torch', build('torch', workload), 'no other is installed; pip install openvino is usually faster'
        )
    key = timing_cache.key(workload, candidates)
    return _remembered(key, workload) or _measured(key, candidates, workload)


def _obstacle(kind: type[Runtime]) -> str:
    try:
        return kind.obstacle()
    except Exception as failure:  # a broken installation is one, too
        return f'{type(failure).__name__}: {failure}'


def _remembered(key: str, workload: Workload) -> Running | None:
    milliseconds = timing_cache.recall(key)
    if not milliseconds:
        return None
    name = _fastest(milliseconds)
    try:
        return Running(name, build(name, workload), f'{_figures(milliseconds)}, as measured here before')
    except RuntimeUnusable:
        return None


def _measured(key: str, candidates: Iterable[str], workload: Workload) -> Running:
    runtimes, refused = {}, []
    for name in candidates:
        try:
            runtimes[name] = build(name, workload)
        except RuntimeUnusable as error:
            refused.append(f'; {error}')
    if not runtimes:
        raise RuntimeUnusable(f'no runtime can be used{"".join(refused)}')
    milliseconds = _measure(runtimes, workload)
    timing_cache.keep(key, milliseconds)
    name = _fastest(milliseconds)
    return Running(name, runtimes[name], f'{_figures(milliseconds)}, measured just now{"".join(refused)}')


def _measure(runtimes: Mapping[str, Runtime], workload: Workload) -> dict[str, float]:
    """Return the median milliseconds of each; they take turns, so that whatever else runs here slows all alike."""
    pixels = np.zeros(workload.input_shape, np.float32)
    times: dict[str, list[float]] = {name: [] for name in runtimes}
    deadline = time.perf_counter() + _ENOUGH
    for _ in range(_ROUNDS):
        for name, runtime in runtimes.items():
            start = time.perf_counter()
            runtime(pixels)
            times[name].append(1e3 * (time.perf_counter() - start))
        if time.perf_counter() > deadline:
            break
    return {name: statistics.median(values) for name, values in times.items()}


def _fastest(milliseconds: dict[str, float]) -> str:
    return min(milliseconds, key=lambda name: milliseconds[name])


def _figures(milliseconds: dict[str, float]) -> str:
    ranking = sorted(milliseconds.items(), key=lambda item: item[1])
    return 'the fastest of ' + ', '.join(f'{name} {value:.0f} ms' for name, value in ranking)
