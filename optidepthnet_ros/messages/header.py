# SPDX-License-Identifier: Apache-2.0
"""The header that ROS messages begin with."""

from typing import Protocol


class Time(Protocol):
    """The fields of builtin_interfaces/Time."""

    sec: int
    nanosec: int


class Header(Protocol):
    """The fields of std_msgs/Header."""

    stamp: Time
    frame_id: str


class Stamped(Protocol):
    """A message with a header, from rclpy or from a bag reader."""

    header: Header


def stamp_of(message: Stamped) -> int:
    """Return the header's stamp in nanoseconds."""
    return nanoseconds(message.header.stamp)


def nanoseconds(stamp: Time) -> int:
    """Return a stamp in nanoseconds."""
    return stamp.sec * 10**9 + stamp.nanosec
