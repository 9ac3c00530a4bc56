# SPDX-License-Identifier: Apache-2.0
"""The demonstration without ROS itself: its frames, its processes, its bag, and the figures and picture made of it."""
