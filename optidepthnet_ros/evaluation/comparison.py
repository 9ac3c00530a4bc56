# SPDX-License-Identifier: Apache-2.0
"""Runs every system on every frame."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.systems import System


@dataclass(frozen=True)
class Shown:
    """A frame that is kept for the picture, with each system's prediction (H, W)."""

    frame: Frame
    predictions: list[np.ndarray]


@dataclass(frozen=True)
class Comparison:
    """The results.

    :param metrics: for each system, a list of the metrics of each frame
    :param shown: the frames that were requested for the picture
    """

    frames: list[str]
    systems: list[System]
    metrics: list[list[dict[str, float]]]
    shown: list[Shown] = field(default_factory=list)


def compare(
    truth: GroundTruth,
    systems: list[System],
    protocol: Protocol,
    *,
    show: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Evaluate all systems frame by frame, so that no more than one frame is in memory.

    :param show: how many frames to keep for the picture, evenly spread
    :param progress: called with the number of finished frames and the total
    :raises ValueError: a file or frame cannot be used; the message names it
    """
    comparison = Comparison(truth.names, systems, [[] for _ in systems])
    show = min(show, len(truth.names))
    kept = {(2 * number + 1) * len(truth.names) // (2 * show) for number in range(show)}
    for number, name in enumerate(truth.names):
        frame = truth.read(name)
        predictions = [system.predict(frame) for system in systems]
        for system, prediction, metrics in zip(systems, predictions, comparison.metrics):
            try:
                metrics.append(protocol.measure(prediction, frame))
            except ValueError as error:
                raise ValueError(f"{system.name}, frame '{name}': {error}") from None
        if number in kept:
            comparison.shown.append(Shown(frame, predictions))
        progress(number + 1, len(truth.names))
    return comparison
