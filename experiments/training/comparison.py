# SPDX-License-Identifier: Apache-2.0
"""The paper's comparison: separable and dense networks, and dnano, trained and measured in the same way.

    python -m experiments.training.comparison --data RECORDING... --output DIR
        --record experiments/records/comparison.json [--ground-truth FOLDER] [-- TRAINING_OPTION...]

All have the same pairs in the same order, and the same steps, seed and schedule; without normalisation, as in the
paper, and with it. The costs of a step and of a frame are measured alternately. Options after -- go to every training.
With ground truth, a picture of their depth side by side goes to docs/pictures/comparison.jpg.
"""

import time

import cv2
import torch

from experiments.pages.page import PAGES
from experiments.training.series import arguments, train_all, write_record
from optidepthnet_ros.evaluation.speed.counts import count_costs, count_parameters
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.network.optidepthnet import build_network

TRAINED = {**dict.fromkeys(('vgg', 'dvgg', 'resnet50', 'dresnet50'), ('none', 'batch')), 'dnano': ('batch',)}
SYSTEMS = (*TRAINED, 'resnet152', 'dresnet152')
BATCH, HEIGHT, WIDTH = 8, 128, 256
TURNS = 3


def costs() -> dict[str, dict]:
    """Return for each system parameters, GMAC of a frame, and processor seconds for a frame and for a step."""
    images = torch.rand(BATCH, 3, HEIGHT, WIDTH).contiguous(memory_format=torch.channels_last)
    networks = {name: build_network(name, norm='batch').to(memory_format=torch.channels_last) for name in SYSTEMS}
    inference = {name: fold(network) for name, network in networks.items()}
    turns = [
        {
            name: (_seconds(_look, inference[name], images[:1]), _seconds(_step, networks[name], images))
            for name in SYSTEMS
        }
        for _ in range(1 + TURNS)
    ][1:]  # the first one is a warm-up
    return {
        name: {
            'parameters': count_parameters(build_network(name)),
            'gmac': count_costs(inference[name], HEIGHT, WIDTH).gmac,
            'frame_seconds': min(turn[name][0] for turn in turns),
            'step_seconds': min(turn[name][1] for turn in turns),
        }
        for name in SYSTEMS
    }


def _seconds(run, network, images):
    start = time.process_time()
    run(network, images)
    return time.process_time() - start


@torch.inference_mode()
def _look(network, image):
    network(image)


def _step(network, images):
    sum(disparity.mean() for disparity in network(images)).backward()
    network.zero_grad()


def main() -> None:
    """Run the trainings that are missing, measure all, write the record."""
    args = arguments(__doc__).parse_args()
    variants = {
        f'{network}, norm {norm}': ['--network', network, '--norm', norm]
        for network, norms in TRAINED.items()
        for norm in norms
    }
    folders = train_all(variants, args)
    measured = costs()
    write_record(
        variants,
        folders,
        args,
        costs={
            'batch': BATCH,
            'height': HEIGHT,
            'width': WIDTH,
            'threads': torch.get_num_threads(),
            'systems': measured,
        },
    )
    if args.ground_truth:
        side_by_side = cv2.imread(str(args.output / 'evaluation' / 'comparison.png'))
        cv2.imwrite(
            str(PAGES / 'pictures' / 'comparison.jpg'),
            cv2.resize(side_by_side, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
            [cv2.IMWRITE_JPEG_QUALITY, 75],
        )


if __name__ == '__main__':
    main()
