# SPDX-License-Identifier: Apache-2.0
"""The demonstration, apart from ROS: its frames, processes and bag, and the figures and picture made from it."""
