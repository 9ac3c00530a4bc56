"""The profile with which Fast DDS loses no large images. Imports no ROS, which reads the variables once."""

import contextlib
import os

from optidepthnet_ros.files.share import share_path

# Their names in Fast DDS 2 (Jazzy) and 3 (Kilted).
PROFILE_VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')


def profile_is_chosen() -> bool:
    """Whether somebody has chosen a profile, which then stays."""
    return any(os.environ.get(name) for name in PROFILE_VARIABLES)


def use_profile() -> None:
    """Let Fast DDS in this process use the shipped profile; must come before rclpy."""
    if not profile_is_chosen():
        with contextlib.suppress(FileNotFoundError):  # an incomplete installation; the node works all the same
            os.environ.update(dict.fromkeys(PROFILE_VARIABLES, str(share_path('config', 'fastdds.xml'))))
