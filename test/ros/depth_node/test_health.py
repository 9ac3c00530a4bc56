# SPDX-License-Identifier: Apache-2.0
"""Lines of diagnostics: what they say first, where several things could be said."""

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
def test_a_model_that_is_loading_comes_before_what_is_wrong_and_that_before_warnings(
    phase, problem, warning, busy, level, message
):
    status = model_status(phase, problem, warning, busy, {})
    assert (status.level, status.message) == (level, message)
