# SPDX-License-Identifier: Apache-2.0
"""Runs a node as a process that ends cleanly, with status 0, on Ctrl-C and SIGTERM."""

import argparse
import gc
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, Protocol, TypeVar, cast

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.utilities import ok, remove_ros_args, try_shutdown

from optidepthnet_ros.ros.support.failures import Failures
from optidepthnet_ros.ros.support.parameter import as_yaml, parameters_of

_POLL_PERIOD = 0.5  # seconds
_EPILOG = (
    'Set parameters with --ros-args -p NAME:=VALUE or --ros-args --params-file FILE, and remap topics with '
    '--ros-args -r TOPIC:=OTHER. All parameters, with their defaults:'
)
_WIDTH = 100  # of the parameter descriptions in --help


class GuardedNode(Protocol):
    """A node that records exceptions of its callbacks."""

    failures: Failures

    def destroy_node(self) -> None: ...


AnyNode = TypeVar('AnyNode', bound=GuardedNode)


class InvalidCommandLine(ValueError):
    """ROS arguments that rcl rejects, a parameter file that it cannot read, or a value that no node can start with."""


def run_node(make_node: Callable[[], AnyNode], start: Callable[[AnyNode], None]) -> int:
    """Make the node, start it while it spins in a thread, and run it until a signal or a shutdown of the context.

    Exceptions in callbacks do not end it: ``failures`` of the node records them all.

    :param start: called once; meanwhile, services are answered; a signal interrupts it
    :return: the exit status: 0, or 2 when the command line or a parameter is wrong
    """
    signals = _Signals()
    node = None
    try:
        _initialise()
        node = make_node()
        with _Spinning(node) as thread:
            signals.interrupt(start, node)
            while not signals.came and thread.is_alive():
                thread.join(_POLL_PERIOD)
    except (InvalidCommandLine, ParameterException) as error:
        print(f'cannot start: {error}', file=sys.stderr)
        return 2
    except (_Interrupted, ExternalShutdownException):
        pass
    except RuntimeError:
        if ok():  # otherwise a signal shut the context down while something was being created in it
            raise
    finally:
        if node is not None:
            node.destroy_node()
            # A lifecycle node's state machine keeps the DDS participant alive: others would see the node for 20 s more,
            # and a node restarted within that time would get its images late. Collection frees the node's cycles.
            del node
            gc.collect()
        try_shutdown()
        signals.ignore()
    return 0


def expect_ros_arguments_alone(name: str, description: str, parameters: type) -> None:
    """End the process with status 2 if there are other arguments, which a node would ignore, and answer ``--help``.

    :param name: of the program
    :param parameters: the dataclass of the node's parameters, which ``--help`` lists
    """
    try:
        others = remove_ros_args(sys.argv)[1:]
    except RuntimeError:  # run_node reports what is wrong with them
        return
    parser = argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog=f'{textwrap.fill(_EPILOG, _WIDTH)}\n\n{_described(parameters)}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(others)


def _described(parameters: type) -> str:
    """Return each parameter with its default, and its description below."""
    return '\n'.join(
        f'  {known.name}: {as_yaml(known.default)}\n'
        + textwrap.fill(known.text, _WIDTH, initial_indent=6 * ' ', subsequent_indent=6 * ' ')
        for known in parameters_of(parameters)
    )


def exit_process(status: int) -> NoReturn:
    """End the process immediately, after :func:`run_node`: unloading torch alone takes seconds on a slow machine."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _initialise() -> None:
    try:
        rclpy.init()
    except RuntimeError as error:
        raise InvalidCommandLine(f'{error}') from None


class _Spinning:
    """Runs a node's callbacks in a thread, which ends with the context; their exceptions are recorded."""

    def __init__(self, node: GuardedNode):
        ros_node = cast(Node, node)
        self._context = ros_node.context
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(ros_node)
        self._failures = node.failures
        self._stopped = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._spin, name='executor')

    def __enter__(self) -> threading.Thread:
        self._thread.start()
        return self._thread

    def __exit__(self, *exception: object) -> None:
        self._stopped = True
        self._executor.wake()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _spin(self) -> None:
        try:
            while not self._stopped:
                self._spin_once()
        except BaseException as error:
            self._error = error

    def _spin_once(self) -> None:
        try:
            self._executor.spin_once(timeout_sec=_POLL_PERIOD)
        except ExternalShutdownException:
            raise
        except Exception as error:
            if not self._context.ok():  # a signal has shut it down, so callbacks cannot work
                raise
            self._failures.note(error)


class _Interrupted(BaseException):
    """Not KeyboardInterrupt: Python may exit with status 130 after catching one below C code."""


class _Signals:
    """Records signals, and lets none interrupt the clean-up: Ctrl-C reaches a launched node twice.

    rclpy's handlers, which call this one, wake the executor and then shut the context down. An executor that
    checks the context in between goes back to sleep forever, so it has to check again from time to time.
    """

    def __init__(self) -> None:
        self.came = False
        self._interrupts = False
        self._handle(self._on_signal)  # before rclpy.init, because rclpy keeps the handlers that it finds

    def interrupt(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call the function; a signal, now or earlier, ends it with ``_Interrupted``."""
        self._interrupts = True
        if self.came:
            raise _Interrupted
        function(*arguments)
        self._interrupts = False

    def ignore(self) -> None:
        """Ignore signals while the interpreter shuts down and has no handlers any more."""
        self._handle(signal.SIG_IGN)

    def _handle(self, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first, self.came = not self.came, True
        if first and self._interrupts:
            raise _Interrupted
