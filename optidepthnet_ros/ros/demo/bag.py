# SPDX-License-Identifier: Apache-2.0
"""The demonstration's recording: an MCAP file with rosbag2's metadata beside it, written and read without ROS."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rosbags.interfaces import Qos, QosDurability, QosHistory, QosLiveliness, QosReliability, QosTime
from rosbags.rosbag2 import Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

BAG_FILES = ('demo.mcap', 'metadata.yaml')

_TYPES = get_typestore(Stores.ROS2_JAZZY)
_FOREVER = QosTime(9223372036, 854775807)  # 2^63 ns
# A static transform is sent once, so players must offer it to late subscribers.
_LATCHED = Qos(
    QosHistory.KEEP_LAST,
    1,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    _FOREVER,
    _FOREVER,
    QosLiveliness.AUTOMATIC,
    _FOREVER,
    False,
)


class Record(NamedTuple):
    """A message as it was received.

    :param type: such as ``sensor_msgs/msg/Image``
    :param received: nanoseconds since 1970
    :param data: serialised (CDR)
    """

    topic: str
    type: str
    received: int
    data: bytes


def write_bag(folder: Path, records: Iterable[Record]) -> None:
    """Write ``BAG_FILES`` into a folder, which is then a rosbag2 bag; it may contain other files, too."""
    with tempfile.TemporaryDirectory(dir=folder, prefix='.bag-') as temporary:
        # The writer needs a new folder, and names the file after it.
        new = Path(temporary) / Path(BAG_FILES[0]).stem
        with Writer(new, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
            connections = {}
            for record in records:
                if record.topic not in connections:
                    connections[record.topic] = writer.add_connection(
                        record.topic,
                        record.type,
                        typestore=_TYPES,
                        offered_qos_profiles=[_LATCHED] if record.topic == '/tf_static' else [],
                    )
                writer.write(connections[record.topic], record.received, record.data)
        for name in BAG_FILES:
            shutil.move(new / name, folder / name)


def read_bag(folder: Path, topics: Iterable[str]) -> Iterator[tuple[str, int, Any]]:
    """Yield topic, reception time in nanoseconds, and message of some topics, in the order of reception."""
    with Reader(folder) as reader:
        connections = [connection for connection in reader.connections if connection.topic in set(topics)]
        if not connections:  # the reader would take none for all
            return
        for connection, received, data in reader.messages(connections):
            yield connection.topic, received, _TYPES.deserialize_cdr(data, connection.msgtype)


def optical_frame_record(optical_frame: str, received: int) -> Record:
    """Return the transform from ``camera_link``, x ahead and z up, to the optical frame, z ahead (REP-103).

    A viewer with ``camera_link`` as its fixed frame then shows the cloud upright.
    """
    t = _TYPES.types
    header = t['std_msgs/msg/Header'](
        t['builtin_interfaces/msg/Time'](received // 10**9, received % 10**9), 'camera_link'
    )
    transform = t['geometry_msgs/msg/Transform'](
        t['geometry_msgs/msg/Vector3'](0.0, 0.0, 0.0), t['geometry_msgs/msg/Quaternion'](-0.5, 0.5, -0.5, 0.5)
    )
    message = t['tf2_msgs/msg/TFMessage']([t['geometry_msgs/msg/TransformStamped'](header, optical_frame, transform)])
    return Record(
        '/tf_static', message.__msgtype__, received, bytes(_TYPES.serialize_cdr(message, message.__msgtype__))
    )
