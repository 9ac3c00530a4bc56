# SPDX-License-Identifier: Apache-2.0
"""What a fine-tuned network says of pictures that the fine-tuning was not about, against what its base says.

The shipped frames have one view only, so there is no truth to measure against: a change is seen, not who is right.
"""

from pathlib import Path

from optidepthnet_ros.evaluation.comparison import Comparison
from optidepthnet_ros.evaluation.fine_tuned.held_out import CheckpointSystem
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.files.image_sequence import read_sequence
from optidepthnet_ros.inference import DepthEstimator


def change_on_sequence(folder: Path, base: DepthEstimator, tuned: DepthEstimator, protocol: Protocol) -> Comparison:
    """Take the base's depth for the truth about the frames of a folder (see :func:`read_sequence`), and measure."""
    sequence = read_sequence(folder)
    metrics = []
    for image in sequence.images:
        frame = Frame('', base.estimate(image, sequence.camera).depth, camera=sequence.camera)
        metrics.append(protocol.measure(tuned.estimate(image, sequence.camera).depth, frame))
    names = [f'{number:06d}' for number in range(len(sequence.images))]
    return Comparison(names, [CheckpointSystem('tuned', tuned)], [metrics])
