# SPDX-License-Identifier: Apache-2.0
"""The accuracy in metres of a third-party relative ONNX network, with scale and shift from sparse points of the truth.

    python -m experiments.accuracy.relative_network DATA --network NET.onnx

DATA holds eval/kitti2015 and eval/rooms; the contract NET.yaml is beside the network. Each frame is fitted separately
to 1 % of its points, as in the node, without the filter over time. Refused frames are counted and left out. Prints for
each data set Abs Rel up to 80 m of the other frames, and that of one depth for the whole image, the median of the
truth. Pixels without depth after the fit count as 80 m.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from experiments.accuracy.metric_scale import ROOMS, Seen, abs_rel, one_percent
from optidepthnet_ros.evaluation.ground_truth.depth_recording import DepthRecordingTruth
from optidepthnet_ros.evaluation.ground_truth.kitti2015 import Kitti2015Truth
from optidepthnet_ros.inference import RelativeEstimator
from optidepthnet_ros.scale.fit import UnsupportedFitError, fit_relative
from optidepthnet_ros.scale.points import evidence_of_points


def truths(data: Path) -> Iterator[tuple[str, Kitti2015Truth | DepthRecordingTruth]]:
    """Yield the name and the truth of each data set."""
    yield 'kitti2015', Kitti2015Truth(data / 'eval' / 'kitti2015' / 'disp_noc_0')
    for room in ROOMS:
        yield room, DepthRecordingTruth(data / 'eval' / 'rooms' / room)


def main() -> None:
    """Print a line for each data set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    parser.add_argument('--network', type=Path, required=True)
    args = parser.parse_args()
    network = RelativeEstimator(args.network)
    for name, truth in truths(args.data):
        errors, constants, refused = [], [], 0
        for frame in map(truth.read, truth.names):
            depth = network.estimate(frame.pixels(), frame.camera).depth
            seen = Seen(frame.depth, np.ones_like(depth), frame.camera)
            try:
                fit = fit_relative(evidence_of_points(depth, frame.camera, one_percent(seen)))
            except UnsupportedFitError:
                refused += 1
                continue
            errors.append(abs_rel(fit.correction.depth_of_relative(depth), seen))
            constants.append(abs_rel(np.full_like(depth, np.median(frame.depth[seen.known])), seen))
        figures = f'Abs Rel {np.mean(errors):.3f}, one depth {np.mean(constants):.3f}' if errors else 'no fit'
        print(f'{name}: {len(errors)} of {len(truth.names)} frames fitted, {refused} refused; {figures}', flush=True)


if __name__ == '__main__':
    main()
