# SPDX-License-Identifier: Apache-2.0
"""Measures the error of the predicted metres, and corrects it. numpy and OpenCV only, without ROS.

There is one file for each kind of evidence, one for the fit of a frame, one for the filter over time.
"""
