# SPDX-License-Identifier: Apache-2.0
"""The network of a checkpoint as ONNX, made without torch from a shipped graph and the checkpoint's weights.

``models/graphs/`` has the graphs of the shipped models' networks, with the finest disparity as output: complete ONNX
files except for their weights. ``python -m experiments.speed.graphs`` writes them.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.files.share import share_path

# Field numbers of ONNX's protocol buffers.
_MODEL_GRAPH, _GRAPH_INITIALIZER = 7, 5
_TENSOR_DIMS, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_RAW_DATA = 1, 2, 8, 9
_FLOAT = 1  # TensorProto.FLOAT
_VARINT, _BYTES = 0, 2  # wire types


def graph_name(provenance: Provenance) -> str:
    """Return the name of a network's graph; its layers depend on nothing else."""
    return f'{provenance.network}_{provenance.separable_scope}_{provenance.norm}'


def shipped_graph(provenance: Provenance) -> Path | None:
    """Return the graph of this network; None: it is not shipped.

    :raises FileNotFoundError: the installation is not complete
    """
    graphs = {path.stem: path for path in share_path('models', 'graphs').glob('*.onnx')}
    return graphs.get(graph_name(provenance))


def with_weights(graph: bytes, weights: Mapping[str, np.ndarray]) -> bytes:
    """Return an ONNX file with its weights, in float32.

    The weights are appended: if a protocol buffer message comes in two parts, they are merged.

    :param graph: an ONNX file without weights
    :param weights: by their names in the graph, which are those of the network's state dictionary; scalars, which count
        batches, are left out
    """
    tensors = [_tensor(name, values) for name, values in weights.items() if values.ndim]
    return graph + _bytes(_MODEL_GRAPH, b''.join(_bytes(_GRAPH_INITIALIZER, tensor) for tensor in tensors))


def _tensor(name: str, values: np.ndarray) -> bytes:
    sides = b''.join(_integer(_TENSOR_DIMS, side) for side in values.shape)
    kind = _integer(_TENSOR_TYPE, _FLOAT)
    return sides + kind + _bytes(_TENSOR_NAME, name.encode()) + _bytes(_TENSOR_RAW_DATA, values.astype('<f4').tobytes())


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _varint(value: int) -> bytes:
    """Return seven bits per byte, lowest first; each byte except the last has its highest bit set."""
    more, last = [], value
    while last > 0x7F:
        more.append(last & 0x7F | 0x80)
        last >>= 7
    return bytes([*more, last])
