"""What options of the training are worth: short trainings that differ in one of them, measured alike.

    python benchmarks/ablation.py --data RECORDING... --output DIR [--teacher FILE] [--ground-truth FOLDER]
        [-- TRAINING_OPTION...]

Same pairs in the same order, same first weights, same number of steps. Another seed alone is a row too: a difference
that is no larger than its own says nothing. Held-out scenes are measured by the training itself; ground truth is for
the report only. Writes ablation.json and ablation.md. What is after -- goes to every training, such as
`--hold-out SCENE --steps 200 --batch-size 4 --input-size 128 256`.
"""

import argparse
import csv
import json
from pathlib import Path

import torch

from optidepthnet_ros.cli import main as optidepthnet

VARIANTS = {
    'plain': [],
    'plain, another seed': ['--seed', '1'],
    'hints': ['--hints', '1'],
    'occlusion': ['--occlusion'],
    'proxy': ['--proxy', '1'],
}
HELD_OUT = ('photometric', 'proxy_outliers')
TRUTH = ('abs_rel', 'rmse', 'delta1')


def main() -> None:
    """Train each variant that has not been trained yet, measure all, write the tables."""
    args = _arguments()
    torch.set_flush_denormal(True)  # weights near zero slow processors down
    variants = VARIANTS | ({'teacher': ['--teacher', str(args.teacher)]} if args.teacher else {})
    folders = {name: args.output / name.replace(', ', '-').replace(' ', '-') for name in variants}
    for name, options in variants.items():
        _train(folders[name], [*args.training, *options], args)
    rows = {name: _last_validation(folder) for name, folder in folders.items()}
    if args.ground_truth:
        measured = _against_truth(folders, args)
        rows = {name: row | measured[name] for name, row in rows.items()}
    record = {'data': list(map(str, args.data)), 'training_options': args.training, 'variants': variants, 'rows': rows}
    (args.output / 'ablation.json').write_text(json.dumps(record, indent=2) + '\n')
    (args.output / 'ablation.md').write_text(_table(rows))
    print(_table(rows), end='')


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--data', type=Path, nargs='+', required=True)
    parser.add_argument('--output', type=Path, required=True)
    parser.add_argument('--teacher', type=Path, help='checkpoint for one more row, taught by it')
    parser.add_argument('--ground-truth', type=Path, help='as for `optidepthnet evaluate`')
    parser.add_argument('training', nargs='*', help='after --: options of `optidepthnet train` for all')
    return parser.parse_args()


def _train(folder, options, args):
    if (folder / 'finished').exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    proxies = args.output / 'proxies'
    proxies.mkdir(exist_ok=True)
    if not (folder / 'proxies').is_symlink():  # pairs are matched once for all
        (folder / 'proxies').symlink_to(proxies.resolve())
    resume = ['--resume'] if (folder / 'training' / 'last.ckpt').exists() else []
    if status := optidepthnet(['train', '--data', *map(str, args.data), '--output', str(folder), '--licence',
                               'for comparison only', *options, *resume]):
        raise SystemExit(status)
    (folder / 'finished').touch()


def _last_validation(folder):
    newest = max((folder / 'metrics').glob('*/metrics.csv'), key=lambda path: path.stat().st_mtime)
    with open(newest, newline='') as file:
        last = [row for row in csv.DictReader(file) if row['proxy_outliers']][-1]
    return {'steps': int(last['step']) + 1, **{name: float(last[name]) for name in HELD_OUT}}


def _against_truth(folders, args):
    systems = [f'{name}={folder / "last.safetensors"}' for name, folder in folders.items()]
    output = args.output / 'evaluation'
    if status := optidepthnet(['evaluate', *systems, '--ground-truth', str(args.ground_truth), '--output', str(output),
                               '--show', '0']):
        raise SystemExit(status)
    results = json.loads((output / 'results.json').read_text())['systems']
    return {system['name']: {name: system['metrics'][name]['mean'] for name in TRUTH} for system in results}


def _table(rows):
    names = list(next(iter(rows.values())))
    lines = [['', *names], ['---'] * (len(names) + 1),
             *([name, *(f'{row[key]:.4g}' for key in names)] for name, row in rows.items())]
    return ''.join(f'| {" | ".join(line)} |\n' for line in lines)


if __name__ == '__main__':
    main()
