# SPDX-License-Identifier: Apache-2.0
"""Sources of ground truth depth, one kind per file, all with the same interface: frames by name."""

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.evaluation.ground_truth.kinds import KINDS, recognise
from optidepthnet_ros.evaluation.ground_truth.velodyne import VelodyneTruth

__all__ = ['KINDS', 'Frame', 'GroundTruth', 'GroundTruthError', 'VelodyneTruth', 'recognise']
