# SPDX-License-Identifier: Apache-2.0
"""The demonstration: its nodes, processes and bag, and its figures and picture. Only its nodes import rclpy."""
