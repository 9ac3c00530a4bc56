# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet export`: writes a checkpoint as ONNX and OpenVINO files, for programs that do not use this package."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
from optidepthnet_ros.cli.commands.estimator_options import CHECKPOINT_HELP

SUMMARY = 'write a checkpoint as ONNX and OpenVINO files'
FORMATS = {'onnx': '.onnx', 'openvino': '.xml'}  # and the modules that write them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('checkpoint', nargs='?', default=DEFAULT_MODEL, metavar='CHECKPOINT', help=CHECKPOINT_HELP)
    parser.add_argument('--output', type=Path, required=True, metavar='DIR')
    parser.add_argument(
        '--format',
        nargs='+',
        choices=FORMATS,
        default=tuple(FORMATS),
        help='onnx: NAME.onnx; openvino: NAME.xml and NAME.bin; default: both',
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, and print their paths."""
    missing = [name for name in args.format if find_spec(name) is None]
    if missing:
        raise ValueError(f'{" and ".join(missing)} not installed: pip install {" ".join(missing)}')
    # Imported here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
    from optidepthnet_ros.inference.exported_model import export_onnx, export_openvino

    source = resolve_checkpoint(args.checkpoint)
    checkpoint = Checkpoint.load(source)
    args.output.mkdir(parents=True, exist_ok=True)
    writers = {'onnx': export_onnx, 'openvino': export_openvino}
    for name in args.format:
        path = args.output / f'{source.stem}{FORMATS[name]}'
        writers[name](checkpoint, path)
        print(path)
    return 0
