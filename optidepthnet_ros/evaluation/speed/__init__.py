# SPDX-License-Identifier: Apache-2.0
"""Measures the speed of networks and runtimes side by side; ros/depth_node/path_timing times the path around them."""
