# SPDX-License-Identifier: Apache-2.0
"""Evidence from recordings and hand-measured distances about the scale of a model's depth, frame by frame."""

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.distances_file import Distance, DistancesError, read_distances
from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.recordings.depth_scene import AnyScene, at_image_size
from optidepthnet_ros.recordings.report import spread
from optidepthnet_ros.recordings.scene import StereoScene
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import UnsupportedFitError

if TYPE_CHECKING:  # it needs rosbags
    from optidepthnet_ros.recordings.bag_evidence import BagEvidence

_AROUND = 2  # pixels around a measured one whose median is used


def evidence_of_scene(estimator: DepthEstimator, scene: AnyScene, frames: int) -> Iterator[Evidence]:
    """Compare evenly spread frames of a recording with their depth, or with depth from semi-global matching."""
    for index in spread(len(scene), frames):
        camera = scene.camera
        if isinstance(scene, StereoScene):
            image, right = scene.read(index)
            measured = np.float32(camera.fx * scene.rig.baseline) / match(image, right)[0]
        else:
            image, measured = scene.read(index)
            measured = at_image_size(measured, camera)
        predicted = estimator.estimate(image, camera).depth
        yield Evidence.of_depths(predicted.ravel(), measured.ravel())


def evidence_of_bag(
    estimator: DepthEstimator, recording: 'BagEvidence', frames: int
) -> tuple[list[Evidence], dict[str, int]]:
    """Compare evenly spread images of a recording with what its sensor measured.

    :return: the evidence, and the number of frames without evidence by reason
    """
    found: list[Evidence] = []
    refused: dict[str, int] = defaultdict(int)
    for index in spread(len(recording), frames):
        image, compare = recording.read(index)
        try:
            found.append(compare(estimator.estimate(image, recording.camera).depth))
        except UnsupportedFitError as error:
            refused[str(error)] += 1
    return found, dict(refused)


def evidence_by_hand(estimator: DepthEstimator, path: Path) -> list[Evidence]:
    """Compare depth with each of the measurements in a file, one unit for each.

    :raises DistancesError: see :func:`~optidepthnet_ros.files.distances_file.read_distances`, or a pixel is outside
    """
    camera_file, distances = read_distances(path)
    camera = read_camera(camera_file)
    by_image: dict[Path, list[Distance]] = defaultdict(list)
    for one in distances:
        _check_inside(one, camera, path)
        by_image[one.image].append(one)
    columns, rows = (rays.astype(float) for rays in camera.rays())
    units = []
    for image, measured in by_image.items():
        depth = estimator.estimate(read_image(image), camera).depth
        for one in measured:
            column, row = one.pixel
            along = one.metres / math.sqrt(columns[column] ** 2 + rows[row] ** 2 + 1)
            units.append(Evidence.of_depths(np.array([_around(depth, column, row)]), np.array([along])))
    return units


def _check_inside(one: Distance, camera: Camera, path: Path) -> None:
    column, row = one.pixel
    if not (0 <= column < camera.width and 0 <= row < camera.height):
        raise DistancesError(
            f'{path}: pixel [{column}, {row}] is outside the {camera.width}x{camera.height} image {one.image.name}'
        )


def _around(depth: np.ndarray, column: int, row: int) -> float:
    """Return the median of the known depths around a pixel; NaN if there are none."""
    window = depth[max(0, row - _AROUND) : row + _AROUND + 1, max(0, column - _AROUND) : column + _AROUND + 1]
    known = window[np.isfinite(window)]
    return float(np.median(known)) if len(known) else math.nan
