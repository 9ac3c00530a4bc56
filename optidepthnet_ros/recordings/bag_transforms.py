# SPDX-License-Identifier: Apache-2.0
"""The static transforms of a recording."""

from typing import Any

import numpy as np

from optidepthnet_ros.geometry.rigid import rigid_transform
from optidepthnet_ros.recordings.bag_file import BagFile
from optidepthnet_ros.recordings.scene import DataError

STATIC = '/tf_static'


def static_transform(bag: BagFile, target: str, source: str) -> np.ndarray:
    """Return the transform of points from one frame to another according to ``/tf_static``, (4, 4) float64.

    :raises DataError: it does not connect the two frames
    """
    edges = _edges(bag)
    found = {source.lstrip('/'): np.eye(4)}
    waiting = list(found)
    while waiting:
        frame = waiting.pop()
        for (start, end), transform in edges.items():
            if start == frame and end not in found:
                found[end] = transform @ found[frame]
                waiting.append(end)
    if target.lstrip('/') not in found:
        raise DataError(
            f'{bag.path}: no transform from {source} to {target} on {STATIC}, which connects '
            f'{", ".join(sorted({start for start, _ in edges})) or "nothing"}: give it with --transform'
        )
    return found[target.lstrip('/')]


def _edges(bag: BagFile) -> dict[tuple[str, str], np.ndarray]:
    """Return the transforms of points from the first frame to the second, in both directions."""
    edges = {}
    for _, message in bag.messages(STATIC) if STATIC in bag.topics else ():
        for one in message.transforms if message is not None else ():
            child, parent = one.child_frame_id.lstrip('/'), one.header.frame_id.lstrip('/')
            edges[child, parent] = _matrix(one.transform)
            edges[parent, child] = np.linalg.inv(edges[child, parent])
    return edges


def _matrix(transform: Any) -> np.ndarray:
    t, r = transform.translation, transform.rotation
    return rigid_transform((t.x, t.y, t.z), (r.x, r.y, r.z, r.w))
