# SPDX-License-Identifier: Apache-2.0
"""Frames of recordings with their ground truth: recorded depth or, where there is none, depth from stereo matching.

Stereo matching has errors too, but it is independent of the networks, and its scale is that of the rig's calibration.
"""

from dataclasses import dataclass, field

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame
from optidepthnet_ros.geometry.camera import StereoRig
from optidepthnet_ros.imaging.sky import mask_sky
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.recordings.depth_scene import AnyScene, DepthScene, at_image_size
from optidepthnet_ros.recordings.scene import StereoScene


@dataclass(frozen=True)
class RecordedFrame(Frame):
    """A frame of a recording. Its truth is +Inf where there is sky, or what looks like sky.

    :param picture: uint8 (H, W) gray or (H, W, 3) BGR; the left view of a stereo rig
    """

    picture: np.ndarray = field(kw_only=True)

    def pixels(self) -> np.ndarray:
        if self.picture.ndim == 3:
            return self.picture
        return np.repeat(self.picture[..., np.newaxis], 3, axis=-1)


@dataclass(frozen=True)
class PairFrame(RecordedFrame):
    """A stereo pair.

    :param right: uint8 (H, W), gray, like ``picture``
    :param matched: bool (H, W), where stereo matching found the pixel in both views
    """

    right: np.ndarray = field(kw_only=True)
    matched: np.ndarray = field(kw_only=True)


def read_frame(scene: AnyScene, index: int) -> RecordedFrame:
    """Read a frame. Depth recorded with a stereo pair has priority over stereo matching.

    :raises DataError: the frame cannot be read
    :raises ImageFileError: the same
    """
    name = f'{scene.name}/{scene.number(index):06d}'
    if isinstance(scene, StereoScene):
        return _pair(name, scene, index)
    return _picture(name, scene, index)


def stereo_depth(left: np.ndarray, right: np.ndarray, rig: StereoRig) -> np.ndarray:
    """Return the depth of the left view from semi-global matching, (H, W) metres.

    NaN is unknown, +Inf looks like sky: bright and smooth, at the top edge, and hardly matched.

    :param left: uint8 (H, W), gray and rectified, as ``right``
    """
    with np.errstate(divide='ignore'):
        return rig.camera.fx * rig.baseline / mask_sky(left, match(left, right)[0], label=True)


def _picture(name: str, scene: DepthScene, index: int) -> RecordedFrame:
    picture, depth = scene.read(index)
    return RecordedFrame(name, at_image_size(depth, scene.camera), camera=scene.camera, picture=picture)


def _pair(name: str, scene: StereoScene, index: int) -> PairFrame:
    left, right = scene.read(index)
    depth = stereo_depth(left, right, scene.rig)
    matched = np.isfinite(depth)
    if recorded := scene.left_depth(index):
        known = at_image_size(recorded[0], scene.camera)
        depth = np.where(np.isnan(known), depth, known)
    return PairFrame(
        name, depth, camera=scene.camera, baseline=scene.rig.baseline, picture=left, right=right, matched=matched
    )
