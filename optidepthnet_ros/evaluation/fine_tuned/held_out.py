# SPDX-License-Identifier: Apache-2.0
"""Evaluates networks on held-out frames: against their known depth, and by reconstructing left views.

Stereo matching gives nothing in the sky: there, only depth that is far too near is counted.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from optidepthnet_ros.evaluation.comparison import Comparison, Shown
from optidepthnet_ros.evaluation.fine_tuned.recorded_frame import PairFrame, RecordedFrame, read_frame
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.systems import System
from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.imaging.appearance import appearance_error
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.recordings.depth_scene import AnyScene
from optidepthnet_ros.recordings.report import spread
from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError

NEAR = 15.0  # metres; a planner reacts to anything nearer


class CheckpointSystem(System):
    """A checkpoint that predicts depth from the image."""

    def __init__(self, name: str, estimator: DepthEstimator):
        super().__init__(name, sha256=estimator.digest)
        self._estimator = estimator

    def predict(self, frame: Frame) -> np.ndarray:
        assert isinstance(frame, RecordedFrame) and frame.camera is not None
        return self._estimator.estimate(frame.picture, frame.camera).depth


def compare_on_held_out(
    scenes: Sequence[AnyScene],
    systems: list[System],
    protocol: Protocol,
    *,
    limit: int,
    show: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Evaluate all systems on the same frames, one in memory at a time.

    The metrics are those of the protocol, ``near_sky`` and, for stereo pairs, ``photometric`` (see :func:`near_sky`,
    :func:`photometric_error`). Damaged frames, and frames without known depth, are left out; only a few may be
    damaged.

    :param limit: maximum number of frames, evenly spread
    :param show: how many frames to keep for a picture
    :param progress: called with the number of finished frames and the total
    :raises DataError: no frame is left, or more than ``MAX_UNREADABLE`` are damaged
    """
    damaged: list[str] = []
    items = [(scene, index) for scene in scenes for index in range(len(scene))]
    items = [items[position] for position in spread(len(items), limit)]
    shown = {items[position] for position in spread(len(items), show)}
    comparison = Comparison([], systems, [[] for _ in systems])
    for number, (scene, index) in enumerate(items):
        for frame in _read(scene, index, protocol, damaged):
            predictions = [system.predict(frame) for system in systems]
            for metrics, depth in zip(comparison.metrics, predictions):
                metrics.append(protocol.measure(depth, frame) | _beside(depth, frame))
            comparison.frames.append(frame.name)
            if (scene, index) in shown:
                comparison.shown.append(Shown(frame, predictions))
        progress(number + 1, len(items))
    if len(damaged) > MAX_UNREADABLE * len(items):
        raise DataError(
            f'{len(damaged)} of {len(items)} held-out frames cannot be read, more than {MAX_UNREADABLE:.0%}, such as '
            f'{damaged[0]}; `optidepthnet inspect-data` lists them all'
        )
    if not comparison.frames:
        raise DataError(
            f'none of {len(items)} frames can be used, such as {items[0][0].describe(items[0][1])}: '
            'they are damaged, or have neither recorded depth nor stereo matches'
        )
    return comparison


def photometric_error(depth: np.ndarray, frame: PairFrame) -> float:
    """Return the mean appearance error (see :func:`appearance_error`) of the left view, reconstructed with depth.

    Only pixels that stereo matching found in both views count, and not those that only one camera sees.

    :param depth: (H, W) metres
    """
    with np.errstate(divide='ignore', invalid='ignore'):
        disparity = frame.disparity_scale / depth / depth.shape[1]
    counted = frame.matched & np.isfinite(disparity)
    left, right, disparity = (
        torch.from_numpy(values.astype(np.float32))[np.newaxis, np.newaxis]
        for values in (frame.picture / 255, frame.right / 255, np.where(counted, disparity, 0))
    )
    error = appearance_error(warp_left_from_right(right, disparity), left)[0, 0].numpy()
    return float(error[counted].mean()) if counted.any() else 1.0


def near_sky(depth: np.ndarray, truth: np.ndarray) -> float:
    """Return the share of the image that looks like sky (+Inf in the truth) and is nearer than ``NEAR``.

    :param depth: (H, W) metres, NaN where unknown
    """
    return float(np.mean(np.isposinf(truth) & (depth < NEAR)))


def _beside(depth: np.ndarray, frame: RecordedFrame) -> dict[str, float]:
    metrics = {'near_sky': near_sky(depth, frame.depth)}
    return {'photometric': photometric_error(depth, frame), **metrics} if isinstance(frame, PairFrame) else metrics


def _read(scene: AnyScene, index: int, protocol: Protocol, damaged: list[str]) -> Iterator[RecordedFrame]:
    """Yield the frame, or nothing; if it is damaged, add the reason to ``damaged``."""
    try:
        frame = read_frame(scene, index)
    except (DataError, ImageFileError) as error:
        damaged.append(str(error))
        return
    if protocol.compared(frame.depth).any():
        yield frame
