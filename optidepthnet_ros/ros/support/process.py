# SPDX-License-Identifier: Apache-2.0
"""Runs a node as a process that ends cleanly, with status 0, on Ctrl-C and on SIGTERM."""

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
_WIDTH = 100  # of what --help says of parameters


class GuardedNode(Protocol):
    """A node that notes what its callbacks raise."""

    failures: Failures

    def destroy_node(self) -> None: ...


AnyNode = TypeVar('AnyNode', bound=GuardedNode)


class InvalidCommandLine(ValueError):
    """ROS arguments that rcl refuses, a parameters file that it cannot read, or a value that no node can start with."""


def run_node(make_node: Callable[[], AnyNode], start: Callable[[AnyNode], None]) -> int:
    """Make the node and start it, while it spins in a thread, until a signal or a shutdown of the context.

    No exception of a callback ends it: ``failures`` of the node notes them all.

    :param start: called once; services are answered meanwhile, and a signal interrupts it
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
        if ok():  # otherwise a signal ended the context while something was being made in it
            raise
    finally:
        if node is not None:
            node.destroy_node()
            # A lifecycle node's state machine keeps the DDS participant alive, and others would see the node for 20 s
            # more, and a restart within them its images late. The cycles of the node go with the collection.
            del node
            gc.collect()
        try_shutdown()
        signals.ignore()
    return 0


def expect_ros_arguments_alone(name: str, description: str, parameters: type) -> None:
    """End the process with status 2 when there are others, which a node would ignore, and answer ``--help``.

    :param name: of the program
    :param parameters: the dataclass of the node's parameters, which ``--help`` lists
    """
    try:
        others = remove_ros_args(sys.argv)[1:]
    except RuntimeError:  # run_node says what is wrong with them
        return
    parser = argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog=f'{textwrap.fill(_EPILOG, _WIDTH)}\n\n{_described(parameters)}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(others)


def _described(parameters: type) -> str:
    """Return each parameter with its default, and below what it means."""
    return '\n'.join(
        f'  {known.name}: {as_yaml(known.default)}\n'
        + textwrap.fill(known.text, _WIDTH, initial_indent=6 * ' ', subsequent_indent=6 * ' ')
        for known in parameters_of(parameters)
    )


def exit_process(status: int) -> NoReturn:
    """End the process at once, after :func:`run_node`: unloading torch alone takes Python seconds on a slow machine."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _initialise() -> None:
    try:
        rclpy.init()
    except RuntimeError as error:
        raise InvalidCommandLine(f'{error}') from None


class _Spinning:
    """Runs a node's callbacks in a thread, which ends with the context; what they raise is noted."""

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
            if not self._context.ok():  # a signal ended it, and with it all that callbacks do
                raise
            self._failures.note(error)


class _Interrupted(BaseException):
    """Not KeyboardInterrupt: Python may exit with status 130 after one that was caught below C code."""


class _Signals:
    """Notes signals, and lets none break into the clean-up: Ctrl-C reaches a launched node twice.

    rclpy's handlers, which call this one, wake the executor and then shut the context down. An executor that
    looks at the context in between goes back to sleep for good, so it has to look up by itself now and then.
    """

    def __init__(self) -> None:
        self.came = False
        self._interrupts = False
        self._handle(self._on_signal)  # before rclpy.init, because rclpy keeps what it finds

    def interrupt(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call the function; a signal, now or earlier, ends it with ``_Interrupted``."""
        self._interrupts = True
        if self.came:
            raise _Interrupted
        function(*arguments)
        self._interrupts = False

    def ignore(self) -> None:
        """Ignore signals while the interpreter goes, when it has no handlers any more."""
        self._handle(signal.SIG_IGN)

    def _handle(self, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        first, self.came = not self.came, True
        if first and self._interrupts:
            raise _Interrupted
