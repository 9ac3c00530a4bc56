"""The ROS nodes, and what lies between messages and arrays. The only rooms that import rclpy."""
