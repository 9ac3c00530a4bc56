# SPDX-License-Identifier: Apache-2.0
"""The models for rooms and for roads on RGB-D frames of rooms, in metres and with median scaling.

python -m experiments.accuracy.rooms ROOMS --record experiments/records/rooms.json
"""

import argparse
import tempfile
from pathlib import Path

from experiments.training.series import against_truth
from optidepthnet_ros.checkpoints.models import PLACES, shipped_models
from optidepthnet_ros.files.atomic import write_json

MODELS = PLACES['indoors'], PLACES['road']


def main() -> None:
    """Evaluate and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by results.py')
    args = parser.parse_args()
    models = {name: shipped_models()[name] for name in MODELS}
    record = {}
    for key, options in (('metres', ()), ('scaled', ('--median-scaling',))):
        with tempfile.TemporaryDirectory() as output:
            record[key] = against_truth(models, args.folder, Path(output), *options)
    write_json(args.record, record)


if __name__ == '__main__':
    main()
