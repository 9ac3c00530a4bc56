# SPDX-License-Identifier: Apache-2.0
"""Diagnostic messages: what they report first if there is more than one thing to report."""

import pytest

from optidepthnet_ros.ros.depth_node.health import model_status
from optidepthnet_ros.ros.support.status import Level


@pytest.mark.parametrize(
    'phase, problem, warning, busy, level, message',
    [
        ('unconfigured', '', '', 'loading a checkpoint', Level.OK, 'unconfigured, loading a checkpoint'),
        ('active', 'no such file', 'preliminary', 'loading a checkpoint', Level.OK, 'active, loading a checkpoint'),
        ('unconfigured', 'no such file', '', '', Level.ERROR, 'unconfigured: no such file'),
        ('active', 'no such file', 'preliminary', '', Level.WARN, 'active: no such file'),
        ('active', '', 'preliminary', '', Level.WARN, 'active: preliminary'),
        ('inactive', '', '', '', Level.OK, 'inactive'),
    ],
)
def test_loading_is_reported_before_a_problem_and_a_problem_before_a_warning(
    phase, problem, warning, busy, level, message
):
    status = model_status(phase, problem, warning, busy, {})
    assert (status.level, status.message) == (level, message)
