# SPDX-License-Identifier: Apache-2.0
"""Keeps some layers in float32 while the others compute in bfloat16.

These are the first layers, whose rounding errors reach all others, and the finest head, whose logits are depth. They
cost 2 to 10 % of the time, and halve the difference of depth from float32, see docs/performance.md.
"""

from collections.abc import Iterator
from typing import Any

from optidepthnet_ros.inference.runtimes.openvino_attributes import with_attribute

_HEAD_ENDS = 'Sigmoid'
_OF_HEAD = _HEAD_ENDS, 'Add', 'Convolution', 'GroupConvolution'


def with_exact_ends(model: Any) -> Any:
    """Return an openvino.Model that keeps its first layers and its finest head in float32, whatever the precision hint.

    :param model: of one shape, one input and one output, whose batch norms are folded in place; it is returned itself
        if no temporary file can be written
    """
    from openvino._offline_transformations import apply_moc_transformations

    apply_moc_transformations(model, cf=False)  # folds batch norms: the layers they become would lose the attribute
    exact = {operation.get_friendly_name() for part in (_first(model), _head(model)) for operation in part}
    return with_attribute(
        model, 'precise', lambda root: {layer: '' for layer in root.iter('layer') if layer.get('name') in exact}
    )


def _first(model: Any) -> Iterator[Any]:
    """Return the layers from the input to the first output that several others read, or the second dense convolution.

    Dense layers are several times as fast in bfloat16, so at most one is kept in float32.
    """
    readers, dense = _readers(model.input(0)), 0
    while len(readers) == 1:
        dense += _is_dense(readers[0])
        if dense > 1:
            return
        yield readers[0]
        readers = _readers(readers[0].output(0))


def _readers(output: Any) -> list[Any]:
    """Return the operations that read the values, not only the shape."""
    readers = (one.get_node() for one in output.get_target_inputs())
    return [reader for reader in readers if reader.get_type_name() not in ('ShapeOf', 'Result')]


def _is_dense(operation: Any) -> bool:
    return operation.get_type_name() == 'Convolution' and list(operation.input(1).get_shape())[2:] != [1, 1]


def _head(model: Any) -> Iterator[Any]:
    """Return the layers from the end of the output's head back to its first convolution."""
    operation = model.get_results()[0]
    while operation.get_type_name() != _HEAD_ENDS:
        if not operation.inputs():
            return
        operation = operation.input_value(0).get_node()
    while _is_of_head(operation):
        yield operation
        operation = operation.input_value(0).get_node()


def _is_of_head(operation: Any) -> bool:
    weights = (one.get_node().get_type_name() for one in operation.input_values()[1:])
    return operation.get_type_name() in _OF_HEAD and all(kind == 'Constant' for kind in weights)
