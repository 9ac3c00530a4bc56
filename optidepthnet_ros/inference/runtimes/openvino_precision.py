# SPDX-License-Identifier: Apache-2.0
"""Which layers stay in float32 where the others compute in bfloat16.

The first ones, up to the first skip, whose rounding reaches all others, and the heads, whose logits are depth. They
cost 4 % of the time of dlite0_street, and halve how far its depth is from that of float32, see docs/performance.md.
"""

from collections.abc import Iterator
from typing import Any

from optidepthnet_ros.inference.runtimes.openvino_attributes import with_attribute

_HEADS_END = 'Sigmoid'
_WITHIN_HEADS = _HEADS_END, 'Add', 'Convolution', 'GroupConvolution'


def with_exact_ends(model: Any) -> Any:
    """Return an openvino.Model that keeps its first layers and its heads in float32, whatever the precision hint.

    :param model: of one shape and one input; returned as it is if no temporary file can be written
    """
    from openvino._offline_transformations import apply_moc_transformations

    apply_moc_transformations(model, cf=False)  # folds batch norms: the layers they become would lose the attribute
    exact = {operation.get_friendly_name() for part in (_first(model), _heads(model)) for operation in part}
    return with_attribute(
        model, 'precise', lambda root: {layer: '' for layer in root.iter('layer') if layer.get('name') in exact}
    )


def _first(model: Any) -> Iterator[Any]:
    """Go from the input to the first operation whose values, not only their shape, more than one other reads."""
    readers = _readers(model.input(0))
    while len(readers) == 1:
        yield readers[0]
        readers = _readers(readers[0].output(0))


def _readers(output: Any) -> list[Any]:
    readers = [one.get_node() for one in output.get_target_inputs()]
    return [reader for reader in readers if reader.get_type_name() != 'ShapeOf']


def _heads(model: Any) -> Iterator[Any]:
    """Go from the end of each head to its first convolution."""
    for operation in model.get_ops():
        if operation.get_type_name() == _HEADS_END:
            while _is_of_head(operation):
                yield operation
                operation = operation.input_value(0).get_node()


def _is_of_head(operation: Any) -> bool:
    weights = (one.get_node().get_type_name() for one in operation.input_values()[1:])
    return operation.get_type_name() in _WITHIN_HEADS and all(kind == 'Constant' for kind in weights)
