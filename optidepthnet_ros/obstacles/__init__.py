# SPDX-License-Identifier: Apache-2.0
"""Depth images as obstacles around a robot: numpy, and no file, network or message."""
