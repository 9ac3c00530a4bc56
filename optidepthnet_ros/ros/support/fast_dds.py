# SPDX-License-Identifier: Apache-2.0
"""The profile with which Fast DDS loses no large images. Does not import ROS, which reads the variables only once."""

import contextlib
import os

from optidepthnet_ros.files.share import share_path

# The environment variable that Fast DDS reads, and the file for it: version 2 (Jazzy), then 3 (Kilted).
PROFILES = {'FASTRTPS_DEFAULT_PROFILES_FILE': 'fastdds.xml', 'FASTDDS_DEFAULT_PROFILES_FILE': 'fastdds3.xml'}


def profile_to_set() -> dict[str, str]:
    """Return the environment variables that make Fast DDS use the shipped profile; none if a profile is already set."""
    if not any(os.environ.get(variable) for variable in PROFILES):
        with contextlib.suppress(FileNotFoundError):  # an incomplete installation; the node works anyway
            return {variable: str(share_path('config', file)) for variable, file in PROFILES.items()}
    return {}


def use_profile() -> None:
    """Make Fast DDS in this process use the shipped profile; call this before importing rclpy."""
    os.environ.update(profile_to_set())
