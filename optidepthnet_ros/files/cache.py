# SPDX-License-Identifier: Apache-2.0
"""Where files are kept that can be made again."""

import os
from pathlib import Path

from optidepthnet_ros.files.share import PACKAGE


def cache_folder() -> Path:
    """Return the package's folder in the user's cache, by the XDG Base Directory Specification.

    :raises RuntimeError: the user has no home
    """
    given = Path(os.environ.get('XDG_CACHE_HOME', ''))
    # A relative path counts as none.
    return (given if given.is_absolute() else Path.home() / '.cache') / PACKAGE
