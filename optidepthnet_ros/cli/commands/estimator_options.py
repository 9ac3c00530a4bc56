# SPDX-License-Identifier: Apache-2.0
"""The options of sub-commands that run a checkpoint."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.inference import DepthEstimator

CHECKPOINT_HELP = 'a file, or the name of a shipped model; default: %(default)s'


def add_estimator_options(parser: argparse._ActionsContainer, *, runtime: str) -> None:
    """Declare the options that :func:`make_estimator` reads.

    :param parser: an argument parser, or a group of one
    :param runtime: the default runtime
    """
    parser.add_argument(
        '--runtime',
        default=runtime,
        metavar='NAME',
        help='runtime of the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, '
        'onnxruntime, onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest one that is '
        'installed in addition to torch, measured once; default: %(default)s',
    )
    parser.add_argument('--threads', type=int, metavar='N', help='CPU threads for the network; default: all cores')


def make_estimator(path: Path, args: argparse.Namespace) -> 'DepthEstimator':
    """Load a checkpoint and start its runtime.

    :raises ValueError: an option or the checkpoint cannot be used; the message names it
    """
    # Imported here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.inference import DepthEstimator

    if args.threads is not None and args.threads < 1:
        raise ValueError(f'--threads is {args.threads}, but must be at least 1')
    return DepthEstimator.from_file(path, args.threads, args.runtime)
