"""`optidepthnet evaluate`: predicted depth against KITTI 2015 ground truth, beside an image-blind baseline."""

import argparse
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.image_blind import image_blind_predictions
from optidepthnet_ros.evaluation.kitti2015 import read_depth
from optidepthnet_ros.evaluation.metrics import depth_metrics, mean_metrics

SUMMARY = 'predicted depth against ground truth'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('predictions', type=Path, nargs='+', metavar='FOLDER',
                        help='NAME.npy for each ground truth NAME.png, as `optidepthnet predict` writes them')
    parser.add_argument('--ground-truth', type=Path, required=True, metavar='FOLDER',
                        help="KITTI 2015 disparity pictures, such as the benchmark's disp_noc_0")


def run(args: argparse.Namespace) -> int:
    """Print a table with one row a folder of predictions."""
    paths = sorted(args.ground_truth.glob('*.png'))
    if not paths:
        raise ValueError(f'{args.ground_truth}: no .png ground truth here')
    truths = [read_depth(path) for path in paths]
    rows = {str(folder): [np.load(folder / f'{path.stem}.npy') for path in paths] for folder in args.predictions}
    if len(truths) > 1:
        rows['image-blind (mean of the other frames)'] = image_blind_predictions(truths)
    print(f'{len(truths)} frames, no median scaling, depth up to 80 m')
    for number, (name, predictions) in enumerate(rows.items()):
        metrics = mean_metrics([depth_metrics(prediction, truth) for prediction, truth in zip(predictions, truths)])
        if number == 0:
            print(' '.join(f'{column:>11}' for column in metrics))
        print(' '.join(f'{value:11.4f}' for value in metrics.values()), name)
    return 0
