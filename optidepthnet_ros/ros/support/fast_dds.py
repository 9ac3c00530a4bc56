# SPDX-License-Identifier: Apache-2.0
"""The profile with which Fast DDS loses no large images. Imports no ROS, which reads the variables once."""

import contextlib
import os

from optidepthnet_ros.files.share import share_path

# Their names in Fast DDS 2 (Jazzy) and 3 (Kilted).
PROFILE_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def profile_to_set() -> dict[str, str]:
    """Return the environment variables that let Fast DDS use the shipped profile, none where one is chosen."""
    if not any(os.environ.get(name) for name in PROFILE_VARIABLES):
        with contextlib.suppress(FileNotFoundError):  # an incomplete installation; the node works all the same
            return dict.fromkeys(PROFILE_VARIABLES, str(share_path('config', 'fastdds.xml')))
    return {}


def use_profile() -> None:
    """Let Fast DDS in this process use the shipped profile; must come before rclpy."""
    os.environ.update(profile_to_set())
