# SPDX-License-Identifier: Apache-2.0
"""Finds rosbag2 recordings; bag_file reads them, which needs more packages."""

from pathlib import Path

EXPECTED = 'a rosbag2 recording (folder with metadata.yaml, .mcap or .db3), or a folder of them'


def find_bags(root: Path) -> list[Path]:
    """Return ``root`` if it is a recording, or the recordings directly in it."""
    if _is_bag(root):
        return [root]
    return sorted(filter(_is_bag, root.iterdir())) if root.is_dir() else []


def _is_bag(path: Path) -> bool:
    return (path / 'metadata.yaml').is_file() or (path.suffix in ('.mcap', '.db3') and path.is_file())
