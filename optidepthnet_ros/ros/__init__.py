# SPDX-License-Identifier: Apache-2.0
"""The ROS nodes, the demonstration, and conversions between messages and arrays. No other package imports rclpy."""
