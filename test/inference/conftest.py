# SPDX-License-Identifier: Apache-2.0
"""Keeps the measurements of tests out of the user's cache."""

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Return an empty cache folder that only this test uses."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    return tmp_path / 'optidepthnet_ros' / 'runtimes'
