# SPDX-License-Identifier: Apache-2.0
"""What is evaluated: anything that has a depth map for each frame."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth
from optidepthnet_ros.files.depth_file import READERS, read_depth_file
from optidepthnet_ros.geometry.camera import Camera


class PredictionError(ValueError):
    """A system has no depth for a frame; the message names the file, what is wrong and what to do."""


class System(ABC):
    """One row of the table.

    :param name: name in tables and pictures
    :param source: where it comes from, for the results: a path, a digest
    """

    def __init__(self, name: str, **source: str):
        self.name, self.source = name, source

    @abstractmethod
    def predict(self, frame: Frame) -> np.ndarray:
        """Return metres of the frame's size (H, W): NaN unknown, +Inf too far.

        :raises ValueError: it cannot; the message names the file
        """


class ImageSystem(System):
    """Predicts depth from the image of a frame.

    :param estimate: maps an image, uint8 (H, W, 3) BGR, and its camera to depth (H, W)
    :raises PredictionError: a frame has no image
    """

    def __init__(
        self, name: str, estimate: Callable[[np.ndarray, Camera], np.ndarray], truth: GroundTruth, **source: str
    ):
        super().__init__(name, **source)
        self._estimate = estimate
        for frame in truth.names:
            if truth.image(frame) is None:
                raise PredictionError(
                    f"there is no image of frame '{frame}': complete the data, or give the folder that holds "
                    f'{frame}.png with --images'
                )

    def predict(self, frame: Frame) -> np.ndarray:
        if frame.camera is None:
            raise PredictionError(
                f'{frame.image}: no calibration is known for {_size(frame.depth)}: give it with --camera'
            )
        image = frame.pixels()
        assert image is not None  # by __init__
        if image.shape[:2] != frame.depth.shape:
            raise PredictionError(
                f'{frame.image}: the image is {_size(image)}, but its ground truth is '
                f'{_size(frame.depth)}: give both in the same size'
            )
        return self._estimate(image, frame.camera)


class PredictionFolder(System):
    """Reads its predictions from files: metres in NAME.npy or NAME.pfm, or 256 times metres in a 16-bit NAME.png.

    :raises PredictionError: the folder lacks a frame
    """

    def __init__(self, name: str, folder: Path, truth: GroundTruth):
        super().__init__(name, path=str(folder))
        self._paths = {frame: _find(folder, frame) for frame in truth.names}

    def predict(self, frame: Frame) -> np.ndarray:
        path = self._paths[frame.name]
        depth = read_depth_file(path)
        if depth.shape != frame.depth.shape:
            raise PredictionError(
                f'{path}: the prediction is {_size(depth)}, but its ground truth is '
                f'{_size(frame.depth)}: resize the prediction'
            )
        return depth


def _find(folder: Path, name: str) -> Path:
    # In the order of the readers: `predict` writes a preview NAME.png beside NAME.npy.
    paths = [folder / f'{name}{suffix}' for suffix in READERS]
    for path in paths:
        if path.is_file():
            return path
    raise PredictionError(
        f'{paths[0]}: no such prediction, nor one in {", ".join(list(READERS)[1:])}, '
        f"but there is ground truth for '{name}': predict it, or leave its ground truth out"
    )


def _size(values: np.ndarray) -> str:
    return f'{values.shape[1]}x{values.shape[0]}'
