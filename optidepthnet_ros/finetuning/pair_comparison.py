"""Measures networks on stereo pairs: against the depth that stereo matching finds, and by rebuilding the left view.

Stereo matching errs too, but it knows nothing of the networks, and its metres are those of the rig's calibration. Of
the sky it knows nothing: there only what is far too near is counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from optidepthnet_ros.evaluation.comparison import Comparison, Shown
from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.evaluation.protocol import Protocol
from optidepthnet_ros.evaluation.systems import System
from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.training.losses.appearance import appearance_error
from optidepthnet_ros.training.losses.view_synthesis import warp_left_from_right
from optidepthnet_ros.training.recordings.report import spread
from optidepthnet_ros.training.recordings.scene import DataError, StereoScene
from optidepthnet_ros.training.sky import mask_sky

NEAR = 15.0  # metres; a planner acts on what is nearer


@dataclass(frozen=True)
class PairFrame(Frame):
    """A pair, uint8 (H, W), gray. Its truth is what stereo matching found, +Inf in what looks like sky."""

    left: np.ndarray = field(kw_only=True)
    right: np.ndarray = field(kw_only=True)

    def pixels(self) -> np.ndarray:
        return np.repeat(self.left[..., np.newaxis], 3, axis=-1)


class CheckpointSystem(System):
    """A checkpoint that looks at the left view."""

    def __init__(self, name: str, estimator: DepthEstimator):
        super().__init__(name, sha256=estimator.digest)
        self._estimator = estimator

    def predict(self, frame: Frame) -> np.ndarray:
        assert isinstance(frame, PairFrame) and frame.camera is not None
        return self._estimator.estimate(frame.left, frame.camera).depth


def compare_on_pairs(
    scenes: list[StereoScene],
    systems: list[System],
    protocol: Protocol,
    *,
    limit: int,
    show: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Measure all systems on the same pairs, one pair in memory at a time.

    To the protocol's metrics come ``photometric`` and ``near_sky`` (see :func:`photometric_error`, :func:`near_sky`).
    Damaged pairs, and those where stereo matching finds nothing, are left out.

    :param limit: of pairs, evenly spread
    :param show: how many frames to keep for a picture
    :param progress: told how many pairs of how many are done
    :raises DataError: no pair is left
    """
    items = [(scene, index) for scene in scenes for index in range(len(scene))]
    items = [items[position] for position in spread(len(items), limit)]
    shown = {items[position] for position in spread(len(items), show)}
    comparison = Comparison([], systems, [[] for _ in systems])
    for number, (scene, index) in enumerate(items):
        for frame in _read(scene, index, protocol):
            predictions = [system.predict(frame) for system in systems]
            for metrics, depth in zip(comparison.metrics, predictions):
                metrics.append(
                    protocol.measure(depth, frame)
                    | {'photometric': photometric_error(depth, frame), 'near_sky': near_sky(depth, frame.depth)}
                )
            comparison.frames.append(frame.name)
            if (scene, index) in shown:
                comparison.shown.append(Shown(frame, predictions))
        progress(number + 1, len(items))
    if not comparison.frames:
        raise DataError(
            f'none of {len(items)} pairs can be measured, such as {items[0][0].describe(items[0][1])}: '
            'they are damaged, or stereo matching finds nothing in them'
        )
    return comparison


def stereo_depth(left: np.ndarray, right: np.ndarray, rig: StereoRig) -> np.ndarray:
    """Return the left view's depth by semi-global matching, (H, W) metres.

    NaN is unknown, +Inf what looks like sky: bright and smooth, at the top edge, and hardly matched.

    :param left: uint8 (H, W), gray and rectified, as ``right``
    """
    with np.errstate(divide='ignore'):
        return rig.camera.fx * rig.baseline / mask_sky(left, match(left, right)[0], label=True)


def photometric_error(depth: np.ndarray, frame: PairFrame) -> float:
    """Return the mean appearance error (see :func:`appearance_error`) of the left view, rebuilt by depth.

    It counts where stereo matching knows the pixel in both views, so that what only one camera sees does not.

    :param depth: (H, W) metres
    """
    with np.errstate(divide='ignore', invalid='ignore'):
        disparity = frame.disparity_scale / depth / depth.shape[1]
    counted = np.isfinite(frame.depth) & np.isfinite(disparity)
    left, right, disparity = (
        torch.from_numpy(values.astype(np.float32))[np.newaxis, np.newaxis]
        for values in (frame.left / 255, frame.right / 255, np.where(counted, disparity, 0))
    )
    error = appearance_error(warp_left_from_right(right, disparity), left)[0, 0].numpy()
    return float(error[counted].mean()) if counted.any() else 1.0


def near_sky(depth: np.ndarray, truth: np.ndarray) -> float:
    """Return the share of the image that looks like sky (+Inf in the truth) and is nearer than ``NEAR``.

    :param depth: (H, W) metres, NaN where unknown
    """
    return float(np.mean(np.isposinf(truth) & (depth < NEAR)))


def _read(scene: StereoScene, index: int, protocol: Protocol) -> Iterator[PairFrame]:
    """Yield the frame, or nothing."""
    try:
        left, right = scene.read(index)
    except (DataError, ImageFileError):
        return
    rig = scene.rig
    depth = stereo_depth(left, right, rig)
    if protocol.compared(depth).any():
        yield PairFrame(
            f'{scene.name}/{scene.number(index):06d}',
            depth,
            camera=rig.camera,
            baseline=rig.baseline,
            left=left,
            right=right,
        )
