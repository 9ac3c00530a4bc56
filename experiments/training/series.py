# SPDX-License-Identifier: Apache-2.0
"""Trainings that differ in one respect, measured in the same way: the common part of ablation.py and comparison.py.

Finished trainings are not repeated, and interrupted ones are resumed: a series can be stopped and continued.
"""

import argparse
import csv
import json
from pathlib import Path

from experiments.command import optidepthnet
from optidepthnet_ros.files.atomic import write_json

HELD_OUT = ('photometric', 'proxy_outliers')
IMAGE_BLIND = 'image-blind (mean of the other frames)'


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every series."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', type=Path, nargs='+', required=True, help='stereo recordings')
    parser.add_argument('--output', type=Path, required=True, help='folder for the trainings')
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by results.py')
    parser.add_argument('--ground-truth', type=Path, help='as for `optidepthnet evaluate`; for the report only')
    parser.add_argument('--no-training', action='store_true', help='measure the finished trainings, leave out the rest')
    parser.add_argument('training', nargs='*', help='after --: options of `optidepthnet train` for all')
    return parser


def train_all(variants: dict[str, list[str]], args: argparse.Namespace) -> dict[str, Path]:
    """Train each variant with its options; return the folders of the finished ones."""
    folders = {name: args.output / name.replace(', ', '-').replace(' ', '-') for name in variants}
    if not args.no_training:
        for name, options in variants.items():
            _train(folders[name], [*args.training, *options], args)
    return {name: folder for name, folder in folders.items() if (folder / 'finished').exists()}


def _train(folder, options, args):
    if (folder / 'finished').exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    proxies = args.output / 'proxies'
    proxies.mkdir(exist_ok=True)
    if not (folder / 'proxies').is_symlink():  # pairs are matched once for all trainings
        (folder / 'proxies').symlink_to(proxies.resolve())
    resume = ['--resume'] if (folder / 'training' / 'last.ckpt').exists() else []
    optidepthnet(
        'train',
        '--recipe',
        'stereo',
        '--data',
        *map(str, args.data),
        '--output',
        str(folder),
        '--licence',
        'for comparison only',
        *options,
        *resume,
    )
    (folder / 'finished').touch()


def write_record(variants: dict[str, list[str]], folders: dict[str, Path], args: argparse.Namespace, **more) -> None:
    """Measure all in the same way and write the JSON: how each was trained, and its scores.

    Each system has ``held_out`` (the last validation), ``best`` (the validation with the fewest outliers, which early
    stopping would have kept) and ``truth`` (means and intervals of the metrics, None without ground truth); the
    image-blind baseline has only ``truth``.
    """
    truth = (
        against_truth(
            {name: folder / 'last.safetensors' for name, folder in folders.items()},
            args.ground_truth,
            args.output / 'evaluation',
        )
        if args.ground_truth
        else {}
    )
    systems = {
        name: {'options': _without_folders(variants[name]), **_validations(folder), 'truth': truth.get(name)}
        for name, folder in folders.items()
    }
    blind = {IMAGE_BLIND: {'truth': truth[IMAGE_BLIND]}} if truth else {}
    write_json(args.record, {'training_options': args.training, 'systems': systems | blind, **more})


def against_truth(checkpoints: dict[str, Path], ground_truth: Path, output: Path, *options: str) -> dict[str, dict]:
    """Return the metrics of each system and of the image-blind baseline, by name; see `optidepthnet evaluate`."""
    systems = [f'{name}={path}' for name, path in checkpoints.items()]
    optidepthnet('evaluate', *systems, '--ground-truth', str(ground_truth), '--output', str(output), *options)
    return {
        system['name']: system['metrics'] for system in json.loads((output / 'results.json').read_text())['systems']
    }


def _without_folders(options):
    return [Path(option).name for option in options]


def _validations(folder):
    rows = []
    for path in sorted((folder / 'metrics').glob('*/metrics.csv'), key=lambda path: path.stat().st_mtime):
        with path.open(newline='') as file:
            rows += [row for row in csv.DictReader(file) if row['proxy_outliers']]
    scores = [{'steps': int(row['step']) + 1, **{name: float(row[name]) for name in HELD_OUT}} for row in rows]
    return {'held_out': scores[-1], 'best': min(scores, key=lambda score: score['proxy_outliers'])}
