# SPDX-License-Identifier: Apache-2.0
"""The ROS nodes, and what lies between messages and arrays. The only rooms that import rclpy."""
