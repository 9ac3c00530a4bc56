# SPDX-License-Identifier: Apache-2.0
"""The `optidepthnet` command: runs the sub-command, and reports user errors in one line with exit status 2."""

import argparse
import importlib
import sys

COMMANDS = (
    'predict',
    'calibrate-scale',
    'inspect-data',
    'train',
    'pack',
    'train-packed',
    'promote',
    'rollback',
    'evaluate',
    'export',
    'benchmark',
    'demo',
)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog='optidepthnet', description='Metric depth from one camera.')
    subparsers = parser.add_subparsers(dest='command', required=True)
    commands = {
        name: importlib.import_module(f'optidepthnet_ros.cli.commands.{name.replace("-", "_")}') for name in COMMANDS
    }
    for name, command in commands.items():
        command.add_arguments(subparsers.add_parser(name, help=command.SUMMARY, description=command.__doc__))
    args = parser.parse_args(argv)
    try:
        return commands[args.command].run(args)
    except (ValueError, OSError) as error:
        print(f'optidepthnet {args.command}: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
