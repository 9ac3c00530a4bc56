"""Messages of a rosbag2 recording, MCAP or sqlite3, by topic and time, without ROS."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rosbags.interfaces import Connection
from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore

from optidepthnet_ros.training.recordings.scene import DataError

# Not the definitions in the bag: these messages are the same in every ROS 2, older bags hold none, and odd ones
# of unrelated topics must not matter.
_TYPES = get_typestore(Stores.ROS2_JAZZY)

_MCAP_FOOTER_AND_MAGIC = 37  # bytes
_REMEDY = 'if the recording was cut short, `ros2 bag reindex` or `mcap recover` may save it'


class BagFile:
    """One recording. Messages are looked up by topic and time of reception, through the file's own index.

    It can be sent to other processes, and be forked into them: each opens the recording for itself.

    :param path: folder with metadata.yaml, or a single .mcap or .db3 file
    :raises DataError: it cannot be read
    """

    def __init__(self, path: Path):
        self.path = path
        self._readers: dict[int, Reader] = {}  # by process
        _check_mcap_index(path)
        self.topics: dict[str, str] = {
            connection.topic: connection.msgtype for connection in self._reader().connections if connection.msgcount
        }

    def messages(self, topic: str) -> Iterator[tuple[int, Any]]:
        """Yield time of reception, in nanoseconds, and message, one in memory at a time; its type is the topic's.

        :raises DataError: the recording is damaged
        """
        return self._read(topic)

    def first(self, topic: str) -> Any:
        """Return the first message of a topic that has some."""
        return next(self._read(topic))[1]

    def received_at(self, topic: str, time: int) -> list[Any]:
        """Return the messages that were received at exactly this time.

        :raises DataError: the recording is damaged
        """
        return [message for _, message in self._read(topic, time, time + 1)]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), '_readers': {}}

    def _read(self, topic: str, start: int | None = None, stop: int | None = None) -> Iterator[tuple[int, Any]]:
        try:
            for connection, time, data in self._reader().messages(self._connections(topic), start, stop):
                yield time, _TYPES.deserialize_cdr(data, connection.msgtype)
        except Exception as error:  # whatever a damaged file leads the reader, database or decompressor to
            raise DataError(f'{self.path}: {topic} cannot be read ({error}): {_REMEDY}') from None

    def _connections(self, topic: str) -> list[Connection]:
        return [connection for connection in self._reader().connections if connection.topic == topic]

    def _reader(self) -> Reader:
        # A forked process must not share the parent's file position, nor close what is the parent's.
        if os.getpid() not in self._readers:
            try:
                reader = Reader(self.path)
                reader.open()
            except Exception as error:
                raise DataError(f'{self.path}: not a readable recording ({error}): {_REMEDY}') from None
            self._readers[os.getpid()] = reader
        return self._readers[os.getpid()]


def _check_mcap_index(path: Path) -> None:
    """Refuse MCAP files without an index, where every look-up would read the whole file.

    :raises DataError: one has none
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
                f'{file}: has no index, so pairs cannot be looked up: write it again with one, with '
                '`ros2 bag convert` or `mcap recover`'
            )
