# SPDX-License-Identifier: Apache-2.0
"""The ROS nodes, and the conversions between messages and arrays. Only these packages import rclpy."""
