# SPDX-License-Identifier: Apache-2.0
"""Where true depth comes from, one kind a file, all with one interface: frames by name."""

from optidepthnet_ros.evaluation.ground_truth.frame import Frame, GroundTruth, GroundTruthError
from optidepthnet_ros.evaluation.ground_truth.kinds import KINDS, recognise
from optidepthnet_ros.evaluation.ground_truth.velodyne import VelodyneTruth

__all__ = ['KINDS', 'Frame', 'GroundTruth', 'GroundTruthError', 'VelodyneTruth', 'recognise']
