# SPDX-License-Identifier: Apache-2.0
"""Chooses OpenVINO's kernels for separable networks, where its own choice is not the fastest.

With AVX2 and without AVX-512, OpenVINO uses oneDNN's ``brgconv_avx2`` for all convolutions, with the channels of a
pixel side by side in memory. If all layers are depthwise or 1x1, the older ``jit_avx2`` kernels, which keep eight
channels together, are faster, see docs/performance.md. They are requested by an attribute of the layers. OpenVINO
ignores a kernel that it does not know, or that cannot be used for a layer.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from optidepthnet_ros.inference.runtimes.openvino_attributes import with_attribute
from optidepthnet_ros.inference.runtimes.this_machine import instructions

_CONVOLUTIONS = 'Convolution', 'GroupConvolution'
_DENSE, _DEPTHWISE, _POINTWISE = 'cpu:jit_avx2', 'cpu:jit_avx2_dw', 'cpu:jit_avx2_1x1'
_TOGETHER = 8  # channels: the number of float32 values in a register
_LEAST = 20  # layers, counted from the first: changing the layout in between costs time


def has_faster_kernels() -> bool:
    """Whether :func:`with_faster_kernels` pays off on this processor."""
    flags = instructions().split()
    return 'avx2' in flags and 'avx512f' not in flags


def with_faster_kernels(model: Any) -> Any:
    """Return an openvino.Model that requests the faster kernels, if it is separable from its second layer on.

    :param model: of one shape; returned itself if it is another kind of network, or no temporary file can be written
    """
    return with_attribute(model, 'primitives_priority', _enough)


def _enough(root: ElementTree.Element) -> dict[ElementTree.Element, str]:
    wanted = dict(_wanted(root))
    return wanted if len(wanted) >= _LEAST else {}


def _wanted(root: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, str]]:
    """Return the first layers and the kernels to request, up to the first layer of another kind."""
    for number, layer in enumerate(one for one in root.iter('layer') if one.get('type') in _CONVOLUTIONS):
        image, weights = ([int(side.text or 0) for side in port.iter('dim')] for port in layer.iterfind('input/port'))
        depthwise = layer.get('type') == 'GroupConvolution' and weights[0] == image[1]
        pointwise = layer.get('type') == 'Convolution' and weights[2:] == [1, 1]
        if number and (image[1] % _TOGETHER or not (depthwise or pointwise)):
            return
        yield layer, _DEPTHWISE if depthwise else _POINTWISE if pointwise else _DENSE
