# SPDX-License-Identifier: Apache-2.0
"""Layer attributes that OpenVINO obeys, but which can only be set in a model's file, not in the model in memory."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

Pick = Callable[[ElementTree.Element], Mapping[ElementTree.Element, str]]


def with_attribute(model: Any, name: str, pick: Pick) -> Any:
    """Return an openvino.Model some of whose layers have an attribute.

    :param model: returned as it is if no layer is picked, or no temporary file can be written
    :param pick: returns which layers of the file's graph get the attribute, with its values
    """
    with contextlib.suppress(OSError, RuntimeError), TemporaryDirectory() as folder:
        return _read_again(model, name, pick, Path(folder, 'model.xml'), Path(folder, 'model.bin'))
    return model


def _read_again(model: Any, name: str, pick: Pick, graph: Path, weights: Path) -> Any:
    import openvino

    openvino.serialize(model, graph, weights)
    root = ElementTree.parse(graph).getroot()
    picked = pick(root)
    if not picked:
        return model
    for layer, value in picked.items():
        info = layer.find('rt_info')
        info = ElementTree.SubElement(layer, 'rt_info') if info is None else info
        ElementTree.SubElement(info, 'attribute', name=name, version='0', value=value)
    return openvino.Core().read_model(ElementTree.tostring(root), weights.read_bytes())
