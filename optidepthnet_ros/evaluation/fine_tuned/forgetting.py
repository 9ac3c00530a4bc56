# SPDX-License-Identifier: Apache-2.0
"""Compares a fine-tuned network with its base on images that were not part of the fine-tuning.

The shipped frames have one view only, so there is no ground truth: this shows a change, but not which one is right.
"""

from pathlib import Path

from optidepthnet_ros.evaluation.comparison import Comparison
from optidepthnet_ros.evaluation.fine_tuned.held_out import CheckpointSystem
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.files.image_sequence import read_sequence
from optidepthnet_ros.inference import DepthEstimator


def change_on_sequence(folder: Path, base: DepthEstimator, tuned: DepthEstimator, protocol: Protocol) -> Comparison:
    """Evaluate the frames of a folder (see :func:`read_sequence`) with the depth of the base as ground truth."""
    sequence = read_sequence(folder)
    metrics = []
    for image in sequence.images:
        frame = Frame('', base.estimate(image, sequence.camera).depth, camera=sequence.camera)
        metrics.append(protocol.measure(tuned.estimate(image, sequence.camera).depth, frame))
    names = [f'{number:06d}' for number in range(len(sequence.images))]
    return Comparison(names, [CheckpointSystem('tuned', tuned)], [metrics])
