# SPDX-License-Identifier: Apache-2.0
"""Depth in metres as plain .npy or .pfm files."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.ground_truth.folder import FolderTruth
from optidepthnet_ros.files.depth_file import read_depth_file


class DepthFilesTruth(FolderTruth):
    """Depth in metres; values that are not positive and finite are unknown."""

    kind = 'depth files'
    suffixes = ('.npy', '.pfm')

    def read_file(self, path: Path) -> np.ndarray:
        depth = read_depth_file(path)
        return np.where(np.isfinite(depth) & (depth > 0), depth, np.float32(np.nan))
