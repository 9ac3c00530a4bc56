# SPDX-License-Identifier: Apache-2.0
"""Logging: how often a message is repeated, and messages that may be good or bad news."""

from rclpy.impl.rcutils_logger import RcutilsLogger

REPEAT_AFTER = 5.0  # seconds until the same kind of message is logged again


def tell(log: RcutilsLogger, text: str, *, good: bool) -> None:
    """Log a text as information or as an error; rclpy does not allow two severities from the same line of code."""
    if good:
        log.info(text)
    else:
        log.error(text)
