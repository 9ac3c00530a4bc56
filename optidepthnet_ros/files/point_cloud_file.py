# SPDX-License-Identifier: Apache-2.0
"""Writes coloured point clouds as PLY files."""

from pathlib import Path

import numpy as np

VERTEX = np.dtype([('x', '<f4'), ('y', '<f4'), ('z', '<f4'), ('red', 'u1'), ('green', 'u1'), ('blue', 'u1')])


def write_ply(path: str | Path, points: np.ndarray, image: np.ndarray) -> None:
    """Write the finite points.

    :param points: (H, W, 3) float32 metres
    :param image: (H, W, 3) uint8 BGR, their colours
    """
    finite = np.isfinite(points).all(axis=-1)
    vertices = np.empty(np.count_nonzero(finite), VERTEX)
    for index, axis in enumerate('xyz'):
        vertices[axis] = points[..., index][finite]
    for index, colour in enumerate(('blue', 'green', 'red')):
        vertices[colour] = image[..., index][finite]
    types = {'<f4': 'float', '|u1': 'uchar'}
    properties = ''.join(f'property {types[VERTEX[name].str]} {name}\n' for name in VERTEX.names or ())
    header = f'ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{properties}end_header\n'
    Path(path).write_bytes(header.encode() + vertices.tobytes())
