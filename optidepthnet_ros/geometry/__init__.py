# SPDX-License-Identifier: Apache-2.0
"""Cameras, depth, confidence and rectification as numbers: numpy, and no file, network or message."""
