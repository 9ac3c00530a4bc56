# SPDX-License-Identifier: Apache-2.0
"""Every model in models/ on KITTI 2015 frames, without and with flip post-processing, and the image-blind floor.

python -m experiments.accuracy.shipped KITTI2015_FOLDER --record experiments/records/shipped.json
"""

import argparse
import tempfile
from pathlib import Path

from experiments.training.series import against_truth
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.atomic import sha256, write_json


def main() -> None:
    """Evaluate and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--record', type=Path, required=True, help='JSON file, read by results.py')
    args = parser.parse_args()
    models = shipped_models()
    with tempfile.TemporaryDirectory() as output:
        truth = against_truth(models, args.folder / 'disp_noc_0', Path(output), '--flip')
    write_json(args.record, {'digests': {name: sha256(path) for name, path in models.items()}, 'systems': truth})


if __name__ == '__main__':
    main()
