# SPDX-License-Identifier: Apache-2.0
"""Good and bad news from the same line of code, for which rclpy's logger alone raises an exception."""

from rclpy.logging import get_logger

from optidepthnet_ros.ros.support.log import tell


def test_bad_news_may_follow_good_news_from_the_same_line(capfd):
    for news, good in (('promoted', True), ('failed', False), ('promoted again', True)):
        tell(get_logger('test_log'), news, good=good)
    lines = capfd.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == ['[INFO]', '[ERROR]', '[INFO]']
