# SPDX-License-Identifier: Apache-2.0
"""Exceptions in callbacks do not end a node, and each is counted."""

import threading

from rcl_interfaces.srv import GetParameters
from rclpy.executors import SingleThreadedExecutor
from std_srvs.srv import Trigger

from optidepthnet_ros.ros.support.failures import Failures
from optidepthnet_ros.ros.support.log import tell
from optidepthnet_ros.ros.support.process import _Spinning
from optidepthnet_ros.ros.support.status import Level


def fail(*_):
    raise OverflowError('too much')


def test_an_exception_in_a_callback_is_counted_and_the_next_callback_is_called(bare_node):
    bare_node.failures = Failures(bare_node)
    worked = threading.Event()
    calls = iter((fail, fail, worked.set))
    bare_node.create_timer(0.001, lambda: next(calls, int)())
    with _Spinning(bare_node) as thread:
        assert worked.wait(60) and thread.is_alive()
    status = bare_node.failures.status()
    assert (status.level, status.values['failed']) == (Level.WARN, 2) and 'OverflowError: too much' in status.message
    assert bare_node.failures.status().level == Level.OK  # no failures since


def test_a_failing_service_still_answers(bare_node):
    bare_node.failures = Failures(bare_node)
    bare_node.create_service(Trigger, 'fails', fail)
    bare_node.failures.guard_services()
    executor = SingleThreadedExecutor(context=bare_node.context)
    executor.add_node(bare_node)
    answers = [
        bare_node.create_client(Trigger, 'fails').call_async(Trigger.Request()),
        bare_node.create_client(GetParameters, 'bare/get_parameters').call_async(GetParameters.Request(names=[''])),
    ]
    for answer in answers:
        executor.spin_until_future_complete(answer, timeout_sec=60)
    assert not answers[0].result().success and answers[1].result() is not None
    executor.shutdown()


def test_good_and_bad_news_may_come_from_the_same_line(bare_node):
    for good in (True, False, True):
        tell(bare_node.get_logger(), 'news', good=good)
