# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet benchmark`: compares the speed of networks and runtimes; they take turns, each in its own process."""

import argparse
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optidepthnet_ros.files.atomic import write_json

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.evaluation.speed.contestant import Contestant

SUMMARY = 'speed of networks and runtimes, side by side'
NETWORKS = ('dvgg', 'vgg', 'dresnet50', 'resnet50')
RUNTIMES = ('torch', 'openvino', 'onnxruntime')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        'networks',
        nargs='*',
        default=NETWORKS,
        metavar='NETWORK[/2]',
        help='networks with random weights; /2 stops the decoder at half resolution; the others are compared with '
        f'the first network in the first runtime; default: {" ".join(NETWORKS)}',
    )
    parser.add_argument(
        '--runtimes',
        nargs='+',
        default=RUNTIMES,
        metavar='NAME',
        help=f'default: {" ".join(RUNTIMES)}; runtimes that cannot be used are reported and left out',
    )
    parser.add_argument(
        '--peers',
        type=Path,
        metavar='FOLDER',
        help='third-party networks, one per file, which has the name of the network: see experiments/speed/peers',
    )
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(256, 512),
        metavar=('HEIGHT', 'WIDTH'),
        help='size of the input; default: 256 512',
    )
    parser.add_argument(
        '--threads',
        type=int,
        default=1,
        metavar='N',
        help='threads of each process, and cores that it is pinned to; default: %(default)s',
    )
    parser.add_argument('--rounds', type=int, default=20, metavar='N', help='default: %(default)s')
    parser.add_argument(
        '--node',
        action='store_true',
        help='measure the processing around the network instead, part by part, at 640x480, with the shipped '
        'model and without DDS; needs ROS 2; --output then writes node.json',
    )
    parser.add_argument('--output', type=Path, metavar='DIR', help='write table.md, benchmark.json and benchmark.png')


def run(args: argparse.Namespace) -> int:
    """Measure, and print the table."""
    _check(args)
    return _run_node(args) if args.node else _run_networks(args)


def _check(args: argparse.Namespace) -> None:
    for option, least in (('threads', 1), ('rounds', 5)):
        if getattr(args, option) < least:
            raise ValueError(f'--{option} is {getattr(args, option)}, but must be at least {least}')
    if min(args.size) < 32:
        raise ValueError(f'--size is {args.size[0]} {args.size[1]}, but must be at least 32 32')
    if args.output and not args.node and not find_spec('matplotlib'):
        raise ValueError('benchmark.png is drawn with matplotlib, which is not installed: install it')


def _run_networks(args: argparse.Namespace) -> int:
    # Imported here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.evaluation.speed.contest import hold
    from optidepthnet_ros.evaluation.speed.report import summary

    results = hold(_contestants(args), args.rounds, partial(print, flush=True))
    height, width = args.size
    _report(args, summary(results), {'what': f'{width}x{height}, batch 1', 'rounds': args.rounds})
    return 0


def _contestants(args: argparse.Namespace) -> 'list[Contestant]':
    from optidepthnet_ros.evaluation.speed.contestant import Contestant, check_network
    from optidepthnet_ros.inference.runtimes import RUNTIMES

    if unknown := [name for name in args.runtimes if name not in RUNTIMES]:
        raise ValueError(f"runtime '{unknown[0]}' is unknown: use one of {', '.join(RUNTIMES)}")
    height, width = args.size
    for network in args.networks:
        check_network(network, args.peers)
    return [
        Contestant(network, runtime, height, width, args.threads, args.peers)
        for network in args.networks
        for runtime in args.runtimes
    ]


def _run_node(args: argparse.Namespace) -> int:
    if not find_spec('sensor_msgs'):
        raise ValueError("--node needs the ROS 2 messages: source ROS 2, or pip install 'optidepthnet_ros[ros]'")
    from optidepthnet_ros.checkpoints.models import default_checkpoint
    from optidepthnet_ros.evaluation.speed.report import environment
    from optidepthnet_ros.inference import DepthEstimator
    from optidepthnet_ros.ros.depth_node.path_timing import HEIGHT, WIDTH, format_parts, measure

    estimator = DepthEstimator.from_file(default_checkpoint(), args.threads, 'auto')
    print(f'{WIDTH}x{HEIGHT}, {estimator.name} on {estimator.runtime}\n')
    parts = measure(estimator, args.rounds)
    print(format_parts(parts))
    if args.output:
        args.output.mkdir(parents=True, exist_ok=True)
        write_json(
            args.output / 'node.json',
            {
                **environment(),
                'what': f'{WIDTH}x{HEIGHT}',
                'threads': args.threads,
                'runtime': estimator.runtime,
                'parts': parts,
            },
        )
    return 0


def _report(args: argparse.Namespace, rows: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    from optidepthnet_ros.evaluation.speed.report import draw, environment, format_table

    about = environment()
    title = (
        f'{settings["what"]}, {args.threads} thread{"s" * (args.threads > 1)}, {about["processor"]}, '
        f'load average {about["load_average"]:.1f}'
    )
    print(f'\n{title}\n\n{format_table(rows)}')
    if args.output:
        args.output.mkdir(parents=True, exist_ok=True)
        (args.output / 'table.md').write_text(f'{title}\n\n{format_table(rows)}\n')
        write_json(args.output / 'benchmark.json', {**about, **settings, 'threads': args.threads, 'rows': rows})
        draw(args.output / 'benchmark.png', rows, title)
