# SPDX-License-Identifier: Apache-2.0
"""Paths as users write them."""

from pathlib import Path


def user_path(named: str | Path) -> Path:
    """Put the home of the user, or of another one, in place of ``~`` and ``~name``.

    :raises ValueError: there is no such user; the message names the path
    """
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise ValueError(f'{named}: there is no such user') from None
