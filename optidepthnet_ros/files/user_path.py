# SPDX-License-Identifier: Apache-2.0
"""Expands paths as users write them."""

from pathlib import Path


def user_path(named: str | Path) -> Path:
    """Replace ``~`` and ``~name`` by the home directory of the user, or of the named one.

    :raises ValueError: there is no such user; the message names the path
    """
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise ValueError(f'{named}: there is no such user') from None
