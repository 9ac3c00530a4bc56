# SPDX-License-Identifier: Apache-2.0
"""Without a choice the shipped profile is used."""

import os

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.ros.support.fast_dds import PROFILE_VARIABLES, use_profile


def test_the_shipped_profile_is_used_unless_another_was_chosen(monkeypatch):
    for name in PROFILE_VARIABLES:
        monkeypatch.setenv(name, '')
    monkeypatch.setenv(PROFILE_VARIABLES[1], '/own.xml')
    use_profile()
    assert [os.environ[name] for name in PROFILE_VARIABLES] == ['', '/own.xml']
    monkeypatch.setenv(PROFILE_VARIABLES[1], '')
    use_profile()
    assert {os.environ[name] for name in PROFILE_VARIABLES} == {str(share_path('config', 'fastdds.xml'))}
