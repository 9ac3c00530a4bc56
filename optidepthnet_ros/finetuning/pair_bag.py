# SPDX-License-Identifier: Apache-2.0
"""Writes stereo or RGB-D pairs unchanged to a rosbag2 recording (MCAP), as long as the disk has space."""

import shutil
from pathlib import Path

from rosbags.interfaces import Connection
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from optidepthnet_ros.files.mcap_checksums import write_checksums

_TYPES = get_typestore(Stores.ROS2_JAZZY)


class DiskFull(OSError):
    """The disk has less free space than should be left."""


class PairBag:
    """A recording that is being written. It can be read after it is closed.

    :param folder: a new folder
    :param keep_free: bytes to leave free on the disk
    :raises DiskFull: less is free already
    """

    def __init__(self, folder: Path, keep_free: int):
        self.folder = folder
        self._keep_free = keep_free
        self._connections: dict[str, Connection] = {}
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._check_room()
        self._writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
        self._writer.open()

    def write(self, messages: list[tuple[str, str, bytes]], received: int) -> None:
        """Write messages that belong together.

        :param messages: topic, type such as ``sensor_msgs/msg/Image``, and serialised content (CDR)
        :param received: nanoseconds since 1970
        :raises DiskFull: nothing was written, because space is short
        """
        self._check_room()
        for topic, kind, data in messages:
            if topic not in self._connections:
                self._connections[topic] = self._writer.add_connection(topic, kind, typestore=_TYPES)
            self._writer.write(self._connections[topic], received, data)

    def close(self, keep: bool) -> None:
        """Write index and checksums; a recording that is not to be kept, or has no messages, is deleted."""
        self._writer.close()
        if not (keep and self._connections):
            shutil.rmtree(self.folder)
            return
        for file in self.folder.glob('*.mcap'):
            write_checksums(file)

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.folder.parent).free
        if free < self._keep_free:
            raise DiskFull(
                f'{self.folder.parent}: {free / 1e9:.1f} GB are free on this disk, less than the '
                f'{self._keep_free / 1e9:.1f} GB that are to be left free: free some space, or record elsewhere'
            )
