# SPDX-License-Identifier: Apache-2.0
"""After a change in models/: repeats all recorded measurements of the shipped models, and fills the pages.

    python -m experiments.remeasure DATA HELD_OUT

DATA holds demo/, eval/, free/ and stereo/; HELD_OUT holds the rendered rooms that `dlite0_free` was not trained on, as
depth recordings. Two measurements run at a time, each on one core; they take half an hour. Their output goes to the
folder `--logs`. Check the model cards and the text of the pages yourself.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

# The longest ones come first.
MEASUREMENTS = {
    'metric_scale': (
        'accuracy.metric_scale {data} --record {records}/metric_scale.json --picture docs/pictures/metric_scale.png'
    ),
    'steadiness': 'robot.steadiness {data} --record {records}/steadiness.json',
    'confidence': 'accuracy.confidence {data}/eval/kitti2015 {data}/eval/rooms --record {records}/confidence.json',
    'shipped': 'accuracy.shipped {data}/eval/kitti2015 --record {records}/shipped.json',
    'edges': 'accuracy.edges --rooms {held_out} --streets {data}/eval/kitti2015 --record {records}/edges.json',
    'distances': 'accuracy.distances {data}/eval/kitti2015 --record {records}/distances.json',
    'rooms': 'accuracy.rooms {data}/eval/rooms --record {records}/rooms.json',
    'robustness': 'accuracy.robustness {data}/eval/kitti2015 --record {records}/robustness.json',
    'replay_house': (
        'robot.replay house {data}/free/sequences/sim_house_obstacle --record {records}/replay_house.json '
        '--gif docs/pictures/obstacles_house.gif'
    ),
    'replay_drive': (
        'robot.replay drive {data}/stereo/kitti_odometry_x --record {records}/replay_drive.json '
        '--gif docs/pictures/obstacles_drive.gif'
    ),
    'failures': 'pages.failures {data}',
}
PAGES = 'results', 'confidence', 'front_page', 'metric_scale', 'replay', 'steadiness'
RECORDS = 'experiments/records'


def run(logs: Path, name: str, command: str) -> bool:
    """Run `python -m experiments.COMMAND` on one core; return whether it succeeded."""
    environment = os.environ | {'OMP_NUM_THREADS': '1'}
    with (logs / f'{name}.txt').open('w') as log:
        result = subprocess.run(
            [sys.executable, '-m', *f'experiments.{command}'.split()], stdout=log, stderr=log, env=environment
        )
    print(f'{name}: {"done" if result.returncode == 0 else f"FAILED, see {log.name}"}', flush=True)
    return result.returncode == 0


def main() -> None:
    """Measure, then fill the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('held_out', type=Path)
    parser.add_argument('--logs', type=Path, default=Path('runs/remeasure'), help='default: %(default)s')
    args = parser.parse_args()
    args.logs.mkdir(parents=True, exist_ok=True)
    commands = {
        name: text.format(data=args.data, held_out=args.held_out, records=RECORDS)
        for name, text in MEASUREMENTS.items()
    }
    with ThreadPoolExecutor(2) as pool:
        succeeded = list(pool.map(partial(run, args.logs), commands, commands.values()))
    if not all(succeeded):
        raise SystemExit('the pages are as they were')
    if not all(run(args.logs, page, f'pages.{page}') for page in PAGES):
        raise SystemExit(1)


if __name__ == '__main__':
    main()
