# SPDX-License-Identifier: Apache-2.0
"""Makes a runtime, and lets nobody have it before it has passed the checkpoint's self-test."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.checkpoints.checkpoint import CheckpointError
from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.inference.onnx_network.contract import OnnxError
from optidepthnet_ros.inference.onnx_network.onnx_file import OnnxFile
from optidepthnet_ros.inference.runtimes.runtime import Runtime, RuntimeUnusable
from optidepthnet_ros.inference.runtimes.table import RUNTIMES
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork


@dataclass(frozen=True)
class Workload:
    """What is to be run.

    :param network: from (N, 3, H, W) to (N, 2, h, w); or an ONNX file
    :param self_test: what the network must answer; None: nothing is known of that
    :param input_shape: for which runtimes are compared
    :param threads: of the processor; all cores when None
    :param description: what decides how long it takes, in words that are the same for all weights
    :param frames: of a road and of rooms, as the network is shown them, to compare runtimes of less than float32 on;
        None: there are none, and ``auto`` leaves such runtimes out
    """

    network: TorchNetwork | OnnxFile
    self_test: SelfTest | None
    input_shape: tuple[int, int, int, int]
    threads: int | None
    description: str
    frames: Callable[[], list[np.ndarray]] | None = None


def usable(name: str) -> type[Runtime]:
    """Return the runtime of a name, which this machine has all for.

    :raises RuntimeUnusable: unknown, not installed or without its device
    """
    if name not in RUNTIMES:
        raise RuntimeUnusable(f"runtime '{name}' is unknown: use auto or one of {', '.join(RUNTIMES)}")
    if obstacle := RUNTIMES[name].obstacle():
        raise RuntimeUnusable(f"runtime '{name}' cannot be used: {obstacle}")
    return RUNTIMES[name]


def build(name: str, workload: Workload, *, warm: bool = False) -> Runtime:
    """Return a runtime that has passed the self-test.

    :param name: one of ``RUNTIMES``
    :param warm: whether it has seen the input shape once; otherwise that shape may take seconds when it first comes
    :raises RuntimeUnusable: unknown, not installed, without its device, failing, or off by more than its tolerance
    :raises OnnxError: a file that cannot be read, or is not as its contract says
    :raises CheckpointError: weights that are not this network's, or fail the self-test in torch
    """
    try:
        kind = usable(name)
        if isinstance(workload.network, OnnxFile) and not kind.RUNS_ONNX:
            able = ', '.join(other for other, one in RUNTIMES.items() if one.RUNS_ONNX)
            raise RuntimeUnusable(f"runtime '{name}' cannot run an ONNX file: use auto or one of {able}")
        runtime = kind(workload.network, workload.threads)
        error = workload.self_test.error(runtime) if workload.self_test is not None else 0.0
        if warm:
            runtime(np.zeros(workload.input_shape, np.float32))
    except (RuntimeUnusable, OnnxError, CheckpointError):
        raise
    except Exception as failure:  # there is no telling what a foreign library raises
        _check_weights(workload)
        reason = f'{type(failure).__name__}: {failure}'.splitlines()[0]
        raise RuntimeUnusable(f"runtime '{name}' failed ({reason}): install it again, or use another") from failure
    if not error <= kind.TOLERANCE:
        _check_weights(workload)
        raise RuntimeUnusable(
            f"runtime '{name}' is refused: its self-test is off by {error:.2%}, more than "
            f'{kind.TOLERANCE:.2%}: use another, and tell its makers'
        )
    return runtime


def _check_weights(workload: Workload) -> None:
    """Let torch say whether a failure is that of the weights, which a runtime may have taken as they are.

    :raises CheckpointError: it is
    """
    if isinstance(workload.network, TorchNetwork):
        _ = workload.network.module
