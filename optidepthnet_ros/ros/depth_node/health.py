# SPDX-License-Identifier: Apache-2.0
"""What the node's figures mean for its users: OK, a warning or an error, with a message. Does not depend on ROS."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.ros.depth_node.frame_statistics import PREPARING, REPLACED, UNHEARD, FrameSummary
from optidepthnet_ros.ros.support.status import Level, Status

if TYPE_CHECKING:  # importing it takes seconds
    from optidepthnet_ros.ros.depth_node.input_watch import InputWatch

STALL_WARN, STALL_ERROR = 2.0, 10.0  # seconds without a frame


def input_status(summary: FrameSummary, topic: str, publishers: int) -> Status:
    """Judge whether frames arrive."""
    level = Level.ERROR if summary.silence >= STALL_ERROR else Level.WARN if summary.silence >= STALL_WARN else Level.OK
    message = f'{summary.arrived / summary.seconds:.1f} Hz on {topic}'
    if level != Level.OK:
        message = f'no image for {summary.silence:.0f} s on {topic}, which has {publishers} publishers'
    elif publishers > 1:
        level, message = Level.WARN, f'{message}; {several_publishers(publishers, topic)}'
    return Status(
        'input',
        level,
        message,
        {
            'rate (Hz)': f'{summary.arrived / summary.seconds:.2f}',
            **{f'dropped: {reason}': number for reason, number in sorted(summary.all_dropped.items())},
        },
    )


def several_publishers(publishers: int, topic: str) -> str:
    """Describe several publishers on a topic of one camera."""
    return f'{publishers} publishers are on {topic}, perhaps of two cameras: let only one camera publish there'


def image_status(watch: 'InputWatch') -> Status:
    """Report whether depth can be estimated from the last image."""
    if watch.figures is None:
        return Status('image', Level.OK, 'not checked')
    values: dict[str, object] = {name: f'{value:.3f}' for name, value in vars(watch.figures).items()}
    values['identical before'] = watch.identical
    if watch.problem:
        return Status('image', Level.ERROR, f'{watch.problem}, depth is unknown: {watch.remedy()}', values)
    return Status('image', Level.OK, 'ok', values)


def output_status(summary: FrameSummary) -> Status:
    """Report how many frames became depth, how long that took, and what was dropped; warn of faults."""
    expected = REPLACED, UNHEARD, PREPARING
    faults = {reason: number for reason, number in summary.dropped.items() if reason not in expected}
    values = {'rate (Hz)': f'{summary.published / summary.seconds:.2f}'}
    if summary.times is not None:
        for name, mean in vars(summary.times).items():
            values[f'{name} (ms)'] = f'{mean * 1e3:.1f}'
            values[f'{name}, slowest (ms)'] = f'{getattr(summary.slowest, name) * 1e3:.1f}'
    message = f'{summary.published / summary.seconds:.1f} Hz'
    if faults:
        message += ', dropped: ' + ', '.join(f'{number} {reason}' for reason, number in sorted(faults.items()))
    return Status('output', Level.WARN if faults else Level.OK, message, values)


def calibration_status(
    camera: Camera | None, error: CalibrationError | None, notes: dict[str, str], values: Mapping[str, object]
) -> Status:
    """Report the state of the last frame's calibration.

    :param camera: of the last frame that had a valid one
    :param error: why the last frame had none
    :param notes: warnings by state, although there is a camera
    """
    if error is not None:
        return Status('calibration', Level.ERROR, f'{error.state}: {error}', values)
    if camera is None:
        return Status('calibration', Level.OK, 'no frame yet', values)
    values = {
        'size': f'{camera.width}x{camera.height}',
        'focal length (px)': f'{camera.fx:.2f}, {camera.fy:.2f}',
        'field of view (degrees)': _angles(camera),
        **values,
    }
    if notes:
        return Status('calibration', Level.WARN, '; '.join(f'{state}: {text}' for state, text in notes.items()), values)
    return Status('calibration', Level.OK, 'ok', values)


def model_status(phase: str, problem: str, warning: str, busy: str, values: dict[str, object]) -> Status:
    """Report which model the node runs, or why it runs none.

    :param phase: lifecycle state of the node: unconfigured, inactive or active
    :param problem: with the checkpoint that was requested last
    :param warning: about the model in use
    :param busy: what the node waits for, such as a checkpoint that is being loaded; empty: nothing
    """
    if busy:
        return Status('model', Level.OK, f'{phase}, {busy}', values)
    if problem:
        return Status('model', Level.ERROR if phase == 'unconfigured' else Level.WARN, f'{phase}: {problem}', values)
    if warning:
        return Status('model', Level.WARN, f'{phase}: {warning}', values)
    return Status('model', Level.OK, phase, values)


def connections_status(problems: list[str]) -> Status:
    """Report which endpoints cannot communicate with the node's."""
    return Status('connections', Level.WARN if problems else Level.OK, '; '.join(problems) or 'all compatible')


def process_status() -> Status:
    """Report the memory of the process."""
    memory = resident_memory()
    return Status('process', Level.OK, 'running' if memory is None else f'{memory / 1e6:.0f} MB resident')


def resident_memory() -> int | None:
    """Return the bytes of physical memory that the process holds; None if the system does not provide it."""
    try:
        return int(Path('/proc/self/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return None


def _angles(camera: Camera) -> str:
    return f'{math.degrees(camera.horizontal_fov):.0f} x {math.degrees(camera.vertical_fov):.0f}'
