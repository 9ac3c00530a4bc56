# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet rollback`: replaces the checkpoint in use with its parent."""

import argparse
from pathlib import Path

from optidepthnet_ros.finetuning.store import ModelStore

SUMMARY = 'return from a promoted checkpoint to its parent'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('store', type=Path, help='the folder that was given to `optidepthnet promote --store`')


def run(args: argparse.Namespace) -> int:
    """Roll back, and say what is in use now."""
    print(f'in use: {ModelStore(args.store).roll_back()}')
    return 0
