"""Metric depth from one camera for ROS 2, with OptiDepthNet."""
