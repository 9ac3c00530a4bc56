# SPDX-License-Identifier: Apache-2.0
"""The state of the scale, as a message and as a status of diagnostics.

No standard message carries two numbers with their variances and their source. diagnostic_msgs/DiagnosticArray has a
stamp and named values, and rqt, PlotJuggler and ``ros2 topic echo`` show it without a new message type.
"""

import math

from optidepthnet_ros.ros.support.status import Level, Status
from optidepthnet_ros.scale.filter import ScaleState


def scale_status(source: str, topic: str, apply: bool, state: ScaleState, relative: bool) -> Status:
    """Report whether the metres are corrected, and by what.

    :param topic: topic of the evidence; empty: no topic is needed
    :param relative: whether depth is unknown without a correction that is not stale
    """
    where = f'{source} on {topic}' if topic else source
    values: dict[str, object] = {
        'source': source,
        'scale': _number(state.applied.scale),
        'shift (1/m)': _number(state.applied.shift),
        'applied': str(apply).lower(),
        'estimated scale': _number(state.estimated.scale),
        'estimated shift (1/m)': _number(state.estimated.shift),
        'variance of log scale': _number(state.variance),
        'variance of shift (1/m^2)': _number(state.shift_variance),
        'inliers': _number(state.inliers),
        'pairs': state.pairs,
        'age (s)': _number(state.age),
        'stale': str(state.stale).lower(),
        'problem': state.problem,
    }
    problem = f': {state.problem}' if state.problem else ''
    if math.isinf(state.age):
        text = 'a relative network without scale: depth is unknown' if relative else 'uncorrected'
        level = Level.ERROR if relative else Level.WARN
        return Status('scale', level, f'{text}, no usable evidence yet from {where}{problem}', values)
    text = f'{"" if apply else "not applied: "}scale {state.applied.scale:.3f}, shift {state.applied.shift:.4f}'
    if state.stale and relative:
        text = f'depth is unknown: a relative network without {where} for {state.age:.1f} s{problem}'
        return Status('scale', Level.ERROR, text, values)
    if state.stale:
        return Status('scale', Level.WARN, f'{text}, held for {state.age:.1f} s without {where}{problem}', values)
    return Status('scale', Level.OK, f'{text}, from {where}', values)


def _number(value: float) -> str:
    return f'{value:.6g}'
