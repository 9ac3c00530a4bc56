# SPDX-License-Identifier: Apache-2.0
"""Tiny ONNX networks whose output is known, and contracts for them."""

import onnx
import yaml
from onnx import TensorProto, helper

SIZE = (12, 16)


def write_network(path, contract=None, channels=3, size=SIZE, scale=1.0, shift=0.0, inverted=False, **output):
    """Write a network whose output is the scaled first channel plus a shift, or the reciprocal of that.

    :param contract: what differs from a valid contract
    """
    steps = [
        helper.make_node('Slice', ['image', 'starts', 'ends', 'axes'], ['first']),
        helper.make_node('Mul', ['first', 'scale'], ['scaled']),
        helper.make_node('Add', ['scaled', 'shift'], ['depth' if not inverted else 'sum']),
    ]
    if inverted:
        steps.append(helper.make_node('Reciprocal', ['sum'], ['depth']))
    constants = [
        helper.make_tensor('starts', TensorProto.INT64, [1], [0]),
        helper.make_tensor('ends', TensorProto.INT64, [1], [output.get('maps', 1)]),
        helper.make_tensor('axes', TensorProto.INT64, [1], [1]),
        helper.make_tensor('scale', TensorProto.FLOAT, [], [scale]),
        helper.make_tensor('shift', TensorProto.FLOAT, [], [shift]),
    ]
    image = helper.make_tensor_value_info('image', TensorProto.FLOAT, [1, channels, *size])
    answer = helper.make_tensor_value_info('depth', TensorProto.FLOAT, [1, output.get('maps', 1), *size])
    graph = helper.make_graph(steps, 'tiny', [image], [answer], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.save(model, path)
    path.with_suffix('.yaml').write_text(yaml.safe_dump(valid_contract() | (contract or {})))
    return path


def valid_contract():
    return {
        'name': 'Tiny',
        'licence': 'CC BY-NC 4.0',
        'input': {'name': 'image', 'size': list(SIZE), 'channels': 'rgb', 'range': 1},
        'output': {'name': 'depth', 'kind': 'relative inverse depth'},
    }
