"""What ROS messages say, read from anything with their fields; no room here imports ROS."""
