# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet rollback`: put the parent of the checkpoint in use in its place."""

import argparse
from pathlib import Path

from optidepthnet_ros.finetuning.store import ModelStore

SUMMARY = 'return from a promoted checkpoint to its parent'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('store', type=Path, help='the folder that `optidepthnet promote --store` put it in')


def run(args: argparse.Namespace) -> int:
    """Roll back, and say what is in use now."""
    print(f'in use: {ModelStore(args.store).roll_back()}')
    return 0
