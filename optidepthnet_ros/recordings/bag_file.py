# SPDX-License-Identifier: Apache-2.0
"""Messages of a rosbag2 recording, MCAP or sqlite3, by topic and time, without ROS."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rosbags.interfaces import Connection
from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore

from optidepthnet_ros.messages.camera_info import content_of
from optidepthnet_ros.recordings.scene import MAX_UNREADABLE, DataError

# The definitions in the bag are not used: these messages are the same in every ROS 2, older bags hold none, and
# unusual definitions of unrelated topics must not matter.
_TYPES = get_typestore(Stores.ROS2_JAZZY)

_MCAP_FOOTER_AND_MAGIC = 37  # bytes
_REMEDY = 'copy it again or, if the recording was cut short, try `ros2 bag reindex` or `mcap recover`'


class BagFile:
    """One recording. Messages are looked up by topic and time of reception, with the index of the file.

    It can be sent to other processes, or inherited by a fork: each process opens the recording itself.

    :param path: folder with metadata.yaml, or a single .mcap or .db3 file
    :raises DataError: it cannot be read
    """

    def __init__(self, path: Path):
        self.path = path
        self._readers: dict[int, Reader] = {}  # by process
        self._calibrations: dict[str, Any] = {}
        _check_mcap_index(path)
        self.topics: dict[str, str] = {
            connection.topic: connection.msgtype for connection in self._reader().connections if connection.msgcount
        }

    def messages(self, topic: str) -> Iterator[tuple[int, Any]]:
        """Yield time of reception, in nanoseconds, and message, one in memory at a time.

        A message that cannot be decoded is yielded as None.

        :raises DataError: the recording is damaged
        """
        return self._read(topic)

    def first(self, topic: str) -> Any:
        """Return the first message of a topic that has messages.

        :raises DataError: none can be decoded
        """
        for _, message in self._read(topic):
            if message is not None:
                return message
        raise DataError(f'{self.path}: no message on {topic} can be decoded: {_REMEDY}')

    def calibration(self, topic: str) -> Any:
        """Return the calibration that nearly all messages of a camera_info topic have; it is looked up once.

        :raises DataError: more than ``MAX_UNREADABLE`` of them differ from it, or cannot be decoded
        """
        if topic not in self._calibrations:
            self._calibrations[topic] = self._usual_calibration(topic)
        return self._calibrations[topic]

    def received_at(self, topic: str, time: int) -> list[Any]:
        """Return the messages that were received at exactly this time.

        :raises DataError: the recording is damaged
        """
        return [message for _, message in self._read(topic, time, time + 1) if message is not None]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), '_readers': {}}

    def _read(self, topic: str, start: int | None = None, stop: int | None = None) -> Iterator[tuple[int, Any]]:
        try:
            for connection, time, data in self._reader().messages(self._connections(topic), start, stop):
                yield time, _decoded(data, connection.msgtype)
        except Exception as error:  # a damaged file can raise any error in the reader, database or decompressor
            raise DataError(f'{self.path}: {topic} cannot be read ({error}): {_REMEDY}') from None

    def _usual_calibration(self, topic: str) -> Any:
        found: dict[object, tuple[int, Any]] = {}  # by content: how many, and the first
        total = 0
        for _, message in self._read(topic):
            total += 1
            content = None if message is None else content_of(message)
            count, first = found.get(content, (0, message))
            found[content] = count + 1, first
        count, usual = max(found.values(), key=lambda entry: entry[0], default=(0, None))
        if usual is None or total - count > MAX_UNREADABLE * total:
            raise DataError(
                f'{self.path}: {total - count} of {total} messages on {topic} differ from the others, more '
                f'than {MAX_UNREADABLE:.0%}: record one camera with one calibration, or cut the recording where it '
                'changes'
            )
        return usual

    def _connections(self, topic: str) -> list[Connection]:
        return [connection for connection in self._reader().connections if connection.topic == topic]

    def _reader(self) -> Reader:
        # A forked process must not share the file position of its parent, nor close its file.
        if os.getpid() not in self._readers:
            try:
                reader = Reader(self.path)
                reader.open()
            except Exception as error:
                raise DataError(f'{self.path}: not a readable recording ({error}): {_REMEDY}') from None
            self._readers[os.getpid()] = reader
        return self._readers[os.getpid()]


def _decoded(data: bytes | memoryview, kind: str) -> Any:
    try:
        return _TYPES.deserialize_cdr(data, kind)
    except Exception:  # garbled bytes can raise any error
        return None


def _check_mcap_index(path: Path) -> None:
    """Refuse MCAP files without an index, because every look-up would read the whole file.

    :raises DataError: a file has no index
    """
    for file in [path] if path.suffix == '.mcap' else path.glob('*.mcap'):
        with file.open('rb') as stream:
            if stream.seek(0, os.SEEK_END) < _MCAP_FOOTER_AND_MAGIC:
                raise DataError(f'{file}: not a readable recording (too short): {_REMEDY}')
            stream.seek(-_MCAP_FOOTER_AND_MAGIC, os.SEEK_END)
            footer = stream.read()
        # Opcode 2, the record's length, then where the summary starts: zero when there is none.
        if footer.endswith(b'\x89MCAP0\r\n') and not any(footer[9:17]):
            raise DataError(
                f'{file}: has no index, so pairs cannot be looked up: write it again with '
                '`ros2 bag convert` or `mcap recover`'
            )
