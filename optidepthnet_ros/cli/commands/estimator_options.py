# SPDX-License-Identifier: Apache-2.0
"""The options of sub-commands that run a checkpoint."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.inference import DepthEstimator

CHECKPOINT_HELP = 'a file, or a shipped model by its name; default: %(default)s'


def add_estimator_options(parser: argparse._ActionsContainer, *, runtime: str) -> None:
    """Declare what :func:`make_estimator` reads.

    :param parser: an argument parser, or a group of one
    :param runtime: the default
    """
    parser.add_argument(
        '--runtime',
        default=runtime,
        metavar='NAME',
        help='what runs the network: torch, torch-cuda, torch-compiled, openvino, openvino-bf16, '
        'onnxruntime, onnxruntime-cuda, onnxruntime-tensorrt; auto: the fastest of those '
        'installed besides torch, measured once; default: %(default)s',
    )
    parser.add_argument(
        '--output-stride',
        type=int,
        choices=(1, 2),
        default=1,
        help='2 stops the decoder at half resolution: faster, less sharp; default: %(default)s',
    )
    parser.add_argument(
        '--threads', type=int, metavar='N', help='of the processor, for the network; default: all cores'
    )


def make_estimator(path: Path, args: argparse.Namespace) -> 'DepthEstimator':
    """Load a checkpoint and start its runtime.

    :raises ValueError: an option or a checkpoint that cannot be used; the message names it
    """
    # Here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.inference import DepthEstimator

    if args.threads is not None and args.threads < 1:
        raise ValueError(f'--threads is {args.threads}, but must be at least 1')
    return DepthEstimator.from_file(path, args.threads, args.runtime, args.output_stride)
