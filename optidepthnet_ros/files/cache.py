# SPDX-License-Identifier: Apache-2.0
"""The folder for files that can be made again."""

import os
from pathlib import Path

from optidepthnet_ros.files.share import PACKAGE


def cache_folder() -> Path:
    """Return the package's folder in the user's cache, following the XDG Base Directory Specification.

    :raises RuntimeError: the user has no home directory
    """
    given = Path(os.environ.get('XDG_CACHE_HOME', ''))
    # A relative path is ignored.
    return (given if given.is_absolute() else Path.home() / '.cache') / PACKAGE
