# SPDX-License-Identifier: Apache-2.0
"""The networks of the paper, in torch alone; they know no camera and no metres."""

from optidepthnet_ros.network.finest import OUTPUT_STRIDES, Finest
from optidepthnet_ros.network.forms import fold, use_product_weights
from optidepthnet_ros.network.optidepthnet import NETWORKS, OptiDepthNet, build_network

__all__ = ['NETWORKS', 'OUTPUT_STRIDES', 'Finest', 'OptiDepthNet', 'build_network', 'fold', 'use_product_weights']
