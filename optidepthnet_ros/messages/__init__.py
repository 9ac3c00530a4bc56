# SPDX-License-Identifier: Apache-2.0
"""Reads ROS messages from any objects with their fields; nothing here imports ROS."""
