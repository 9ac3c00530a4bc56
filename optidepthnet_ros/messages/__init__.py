# SPDX-License-Identifier: Apache-2.0
"""What ROS messages say, read from anything with their fields; no room here imports ROS."""
