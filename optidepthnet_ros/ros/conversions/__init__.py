# SPDX-License-Identifier: Apache-2.0
"""Conversion of arrays and cameras to ROS messages, and decoding of images with ROS's cv_bridge."""
