# SPDX-License-Identifier: Apache-2.0
"""Logging: how often the same complaint comes, and what may be good news or bad."""

from rclpy.impl.rcutils_logger import RcutilsLogger

REPEAT_AFTER = 5.0  # seconds until the same kind of complaint is logged again


def tell(log: RcutilsLogger, text: str, *, good: bool) -> None:
    """Log a text as information, or as an error; rclpy refuses another severity from the same line."""
    if good:
        log.info(text)
    else:
        log.error(text)
