# SPDX-License-Identifier: Apache-2.0
"""Measures how wrong the predicted metres are, and corrects them. numpy and OpenCV only; knows no ROS.

One file for each kind of evidence, one for the fit of a frame, one for the filter over time.
"""
