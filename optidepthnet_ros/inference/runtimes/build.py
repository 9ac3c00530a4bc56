# SPDX-License-Identifier: Apache-2.0
"""Builds a runtime, and returns it only after it has passed the checkpoint's self-test."""

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
    """The network to run, and how.

    :param network: from (N, 3, H, W) to (N, 2, h, w); or an ONNX file
    :param self_test: the output that the network must give; None: it is unknown
    :param input_shape: shape for which runtimes are compared
    :param threads: processor threads; all cores if None
    :param description: everything that determines the running time, as text that is the same for all weights
    :param frames: inputs of the network from a road and from rooms, on which runtimes with less precision than float32
        are compared; None: there are none, and ``auto`` leaves such runtimes out
    """

    network: TorchNetwork | OnnxFile
    self_test: SelfTest | None
    input_shape: tuple[int, int, int, int]
    threads: int | None
    description: str
    frames: Callable[[], list[np.ndarray]] | None = None


def usable(name: str) -> type[Runtime]:
    """Return the runtime with this name, if this machine has everything that it needs.

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
    :param warm: whether to run the input shape once; otherwise the first input of this shape may take seconds
    :raises RuntimeUnusable: unknown, not installed, without its device, failing, or off by more than its tolerance
    :raises OnnxError: the file cannot be read, or does not match its contract
    :raises CheckpointError: the weights do not belong to this network, or fail the self-test in torch
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
    except Exception as failure:  # a third-party library may raise anything
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
    """Let torch check whether the weights caused a failure, because a runtime may use them without a check.

    :raises CheckpointError: they did
    """
    if isinstance(workload.network, TorchNetwork):
        _ = workload.network.module
