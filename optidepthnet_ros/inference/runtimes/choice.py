# SPDX-License-Identifier: Apache-2.0
"""Chooses the runtime: the requested one, or for ``auto`` the fastest on this machine, measured once and stored.

``auto`` uses torch only if no other can be used: it is never the fastest, and the slowest to start.
"""

import json
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from optidepthnet_ros.inference.onnx_network.onnx_file import OnnxFile
from optidepthnet_ros.inference.runtimes import timing_cache
from optidepthnet_ros.inference.runtimes.agreement import Agreement, measure_agreement
from optidepthnet_ros.inference.runtimes.build import Workload, build
from optidepthnet_ros.inference.runtimes.model_cache import kept
from optidepthnet_ros.inference.runtimes.runtime import Runtime, RuntimeUnusable
from optidepthnet_ros.inference.runtimes.table import RUNTIMES

AUTO = 'auto'
FALLBACK = 'torch'  # always there, but half as fast as the others at best
_ROUNDS = 5
_ENOUGH = 5.0  # seconds; slow networks get fewer rounds
_SIFTED_AFTER, _FAR_BEHIND = 2, 1.5  # rounds, and the factor of the fastest time beyond which a runtime then drops out


@dataclass(frozen=True)
class Running:
    """A runtime, and why it was chosen.

    :param name: one of ``RUNTIMES``
    :param reason: why it was chosen, as text
    """

    name: str
    runtime: Runtime
    reason: str


def start(name: str, workload: Workload) -> Running:
    """Return the runtime of this name; for ``'auto'`` the fastest of those that can be used.

    A runtime with less precision than float32 is chosen only if its depth agrees with float32, see ``agreement.py``.

    :raises RuntimeUnusable, OnnxError, CheckpointError: see :func:`build`
    """
    if name != AUTO:
        return Running(name, build(name, workload), 'as asked')
    candidates = [name for name in RUNTIMES if _is_candidate(name, workload)]
    if not candidates:
        return _fallback(workload)
    key = timing_cache.key(workload, candidates)
    return _remembered(key, workload) or _measured(key, candidates, workload)


def _fallback(workload: Workload, problems: str = '') -> Running:
    """Return torch, if no other runtime can be used.

    :param problems: problems of the others, each after a semicolon; empty: none is installed
    :raises RuntimeUnusable: torch cannot run it either
    """
    if isinstance(workload.network, OnnxFile):
        if problems:
            raise RuntimeUnusable(f'no runtime can be used{problems}')
        raise RuntimeUnusable('nothing here runs ONNX files: pip install openvino, or onnx and onnxruntime')
    reason = (
        f'no other can be used{problems}'
        if problems
        else 'no other is installed; pip install openvino is usually faster'
    )
    return Running(FALLBACK, build(FALLBACK, workload), reason)


def _is_candidate(name: str, workload: Workload) -> bool:
    kind = RUNTIMES[name]
    if name == FALLBACK or (isinstance(workload.network, OnnxFile) and not kind.RUNS_ONNX):
        return False
    return kind.AUTOMATIC and (kind.EXACT or workload.frames is not None) and not _obstacle(kind)


def _obstacle(kind: type[Runtime]) -> str:
    try:
        return kind.obstacle()
    except Exception as failure:  # also a broken installation
        return f'{type(failure).__name__}: {failure}'


def _remembered(key: str, workload: Workload) -> Running | None:
    milliseconds = timing_cache.recall(key)
    if not milliseconds:
        return None
    try:
        return _fastest(milliseconds, {}, workload, 'as measured here before')
    except RuntimeUnusable:
        return None


def _measured(key: str, candidates: Iterable[str], workload: Workload) -> Running:
    runtimes: dict[str, Runtime] = {}
    refused = []
    for name in candidates:
        try:
            runtimes[name] = build(name, workload, warm=True)
        except RuntimeUnusable as error:
            refused.append(f'; {error}')
    if not runtimes:
        return _fallback(workload, ''.join(refused))
    milliseconds = _measure(runtimes, workload)
    timing_cache.keep(key, milliseconds)
    return _fastest(milliseconds, runtimes, workload, f'measured just now{"".join(refused)}')


def _fastest(milliseconds: dict[str, float], runtimes: dict[str, Runtime], workload: Workload, when: str) -> Running:
    """Return the fastest runtime whose depth is right.

    :param runtimes: the runtimes that are built already; more may be added
    :param when: when it was measured, for the reason
    :raises RuntimeUnusable: it cannot be built any more, or none is right and no other runs this
    """
    notes = ''
    for name in sorted(milliseconds, key=lambda name: milliseconds[name]):
        if name not in runtimes:
            runtimes[name] = build(name, workload)
        if not RUNTIMES[name].EXACT:
            try:
                agreement = _agreement(name, runtimes, workload)
            except (OSError, ValueError) as error:  # in the shipped frames
                notes += f'; {name} cannot be compared with float32: {error}'
                continue
            notes += f'; with {name}, {agreement}{"" if agreement.is_close else ", too much"}'
            if not agreement.is_close:
                continue
        return Running(name, runtimes[name], f'{_figures(milliseconds)}, {when}{notes}')
    return _fallback(workload, notes)


def _agreement(name: str, runtimes: dict[str, Runtime], workload: Workload) -> Agreement:
    """Return the agreement that was measured when these weights were first loaded on this machine."""

    def measured() -> bytes:
        exact = next((runtimes[other] for other in runtimes if RUNTIMES[other].EXACT), None)
        assert workload.frames is not None  # otherwise it is no candidate
        agreement = measure_agreement(runtimes[name], exact or build(FALLBACK, workload), workload.frames())
        return json.dumps(asdict(agreement)).encode()

    return Agreement(
        **json.loads(kept(workload.network.identity, f'agreement of {name} and how many frames tell', measured))
    )


def _measure(runtimes: Mapping[str, Runtime], workload: Workload) -> dict[str, float]:
    """Return the median milliseconds of each; they take turns, so that other load slows them all equally.

    A runtime that is far behind after a few rounds is not measured further, because the start has to wait.
    """
    pixels = np.zeros(workload.input_shape, np.float32)
    times: dict[str, list[float]] = {name: [] for name in runtimes}
    deadline = time.perf_counter() + _ENOUGH
    for number in range(_ROUNDS):
        best = min((statistics.median(values) for values in times.values() if values), default=0.0)
        for name, runtime in runtimes.items():
            if number >= _SIFTED_AFTER and statistics.median(times[name]) > _FAR_BEHIND * best:
                continue
            start = time.perf_counter()
            runtime(pixels)
            times[name].append(1e3 * (time.perf_counter() - start))
        if time.perf_counter() > deadline:
            break
    return {name: statistics.median(values) for name, values in times.items()}


def _figures(milliseconds: dict[str, float]) -> str:
    ranking = sorted(milliseconds.items(), key=lambda item: item[1])
    return 'the fastest of ' + ', '.join(f'{name} {value:.0f} ms' for name, value in ranking)
