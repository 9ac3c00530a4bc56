# SPDX-License-Identifier: Apache-2.0
"""Reads YAML files that people write."""

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """Return the content of a file.

    :raises OSError: it cannot be read
    :raises ValueError: not YAML; the message is one line and does not name the file
    """
    try:
        return yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f'not YAML: {" ".join(str(error).split())}') from None
