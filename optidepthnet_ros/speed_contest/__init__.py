"""Measures speed: networks and runtimes side by side, and the path around the network. No ROS but in node_path.py."""
