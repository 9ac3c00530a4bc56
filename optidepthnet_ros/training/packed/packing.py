# SPDX-License-Identifier: Apache-2.0
"""Turns recordings of any kind into packed samples: decoded, matched and resized once."""

from collections.abc import Iterator

import cv2
import numpy as np

from optidepthnet_ros.files.image_file import ImageFileError
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.sky import find_sky, mask_sky
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.recordings.depth_scene import TEACHER, AnyScene, DepthScene
from optidepthnet_ros.recordings.image_folder import ImageFolderScene
from optidepthnet_ros.recordings.scene import DataError, StereoScene
from optidepthnet_ros.training.gaps import fill_gaps
from optidepthnet_ros.training.packed.archive import MATCHED, Label
from optidepthnet_ros.training.packed.label_size import label_size
from optidepthnet_ros.training.packed.teaching import Teaching

NEAREST_MATCH = 1.0  # pixels of disparity; smaller ones are noise


def packed_frames(
    scene: AnyScene | ImageFolderScene, focal: float, sky: bool, teaching: Teaching | None, damaged: list[str]
) -> Iterator[tuple[np.ndarray, float, list[Label]]]:
    """Yield image, focal length and labels of each frame of a scene that has any labels.

    :param focal: pixels; images with a longer focal length are reduced to it
    :param sky: whether the recording was made outdoors in daylight: bright areas at the top are labelled as sky if
        a teacher places them far away, or if nothing matches them
    :param teaching: adds a label of a teacher where it can
    :param damaged: receives the reason for each frame that is left out because it cannot be read
    :raises ValueError: the output of the teacher is not depth
    """
    for index in range(len(scene)):
        try:
            image, labels = _frame(scene, index, sky)
        except (DataError, ImageFileError) as error:
            damaged.append(str(error))
            continue
        if teaching and (taught := teaching.label(image, scene.camera, labels)):
            labels.append(taught)
        if sky:
            _mark_sky(image, scene.camera, labels)
        if labels:
            yield *_reduced(image, scene.camera, focal), labels


def _frame(scene: AnyScene | ImageFolderScene, index: int, sky: bool) -> tuple[np.ndarray, list[Label]]:
    if isinstance(scene, StereoScene):
        return _stereo_frame(scene, index, sky)
    if isinstance(scene, DepthScene):
        image, depth = scene.read(index)
        return image, [_depth_label(depth, scene.source)]
    return scene.read(index), []


def _stereo_frame(scene: StereoScene, index: int, sky: bool) -> tuple[np.ndarray, list[Label]]:
    left, right = scene.read(index)
    disparity, _ = match(left, right)
    width = scene.camera.width
    disparity = fill_gaps(mask_sky(left, disparity, label=sky) / width) * width
    disparity[(disparity > 0) & (disparity < NEAREST_MATCH)] = np.nan
    inverse = disparity / np.float32(scene.camera.fx * scene.rig.baseline)
    labels = [Label(MATCHED, 'coarse' if sky else 'fine', _reduced_label(inverse, scene.camera))]
    if recorded := scene.left_depth(index):
        labels.append(_depth_label(*recorded))
    return left, labels


def _depth_label(depth: np.ndarray, source: str) -> Label:
    # Depth beyond the range of a renderer is infinite; its reciprocal is 0, which is the label of the sky.
    return Label(source, 'coarse' if source == TEACHER else 'fine', np.float32(1) / depth)


def _mark_sky(image: np.ndarray, camera: Camera, labels: list[Label]) -> None:
    """Find sky with the depth of a teacher, which distinguishes it from walls; mark it in its label and in matches."""
    gray = to_gray(image)
    guesses = [label for label in labels if label.source in (TEACHER, MATCHED)]
    for teacher in [label for label in labels if label.source == TEACHER]:
        known = np.full(gray.shape, np.nan, np.float32)
        for other in labels:
            if other is not teacher:
                known = np.fmin(known, _depth_of(other, gray.shape, cv2.INTER_NEAREST))
        depth = _depth_of(teacher, gray.shape, cv2.INTER_LINEAR)
        sky = find_sky(gray, depth, camera.cy, known).astype(np.uint8)
        for guess in guesses:
            size = guess.inverse_depth.shape[::-1]
            guess.inverse_depth[cv2.resize(sky, size, interpolation=cv2.INTER_NEAREST) > 0] = 0


def _depth_of(label: Label, shape: tuple[int, ...], interpolation: int) -> np.ndarray:
    inverse = cv2.resize(label.inverse_depth.astype(np.float32), shape[::-1], interpolation=interpolation)
    return 1 / inverse.clip(1e-6)


def _reduced_label(inverse: np.ndarray, camera: Camera) -> np.ndarray:
    """Reduce with nearest pixels, because means across an edge belong to neither surface."""
    return cv2.resize(inverse, label_size(camera), interpolation=cv2.INTER_NEAREST)


def _reduced(image: np.ndarray, camera: Camera, focal: float) -> tuple[np.ndarray, float]:
    """Return the image with square pixels, at ``focal`` or at its own focal length if that is shorter."""
    focal = min(focal, camera.fx)
    size = (round(camera.width * focal / camera.fx), round(camera.height * focal / camera.fy))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), focal
