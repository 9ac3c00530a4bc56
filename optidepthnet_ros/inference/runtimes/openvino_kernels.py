# SPDX-License-Identifier: Apache-2.0
"""Which kernels OpenVINO takes for separable networks, where its own choice is not the fastest.

With AVX2 and no AVX-512, OpenVINO takes oneDNN's ``brgconv_avx2`` for all convolutions, with the channels of a pixel
side by side in memory. Where all layers are depthwise or 1x1, the older ``jit_avx2``, which keep eight channels
together, are faster, see docs/performance.md. They are asked for by an attribute of the layers. OpenVINO passes over a
kernel that it does not know, or that cannot be used for a layer.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from optidepthnet_ros.inference.runtimes.openvino_attributes import with_attribute
from optidepthnet_ros.inference.runtimes.this_machine import instructions

_CONVOLUTIONS = 'Convolution', 'GroupConvolution'
_DENSE, _DEPTHWISE, _POINTWISE = 'cpu:jit_avx2', 'cpu:jit_avx2_dw', 'cpu:jit_avx2_1x1'
_TOGETHER = 8  # channels, as many float32 as a register holds
_LEAST = 20  # layers from the first on: a change of the layout on the way costs time


def has_faster_kernels() -> bool:
    """Whether this processor is one on which :func:`with_faster_kernels` is worth it."""
    flags = instructions().split()
    return 'avx2' in flags and 'avx512f' not in flags


def with_faster_kernels(model: Any) -> Any:
    """Return an openvino.Model that asks for the faster kernels, if it is separable from its second layer on.

    :param model: of one shape; returned where it is another kind of network, or no temporary file can be written
    """
    return with_attribute(model, 'primitives_priority', _enough)


def _enough(root: ElementTree.Element) -> dict[ElementTree.Element, str]:
    wanted = dict(_wanted(root))
    return wanted if len(wanted) >= _LEAST else {}


def _wanted(root: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, str]]:
    """Return the first layers and the kernels to ask for, as far as all are of the right kind."""
    for number, layer in enumerate(one for one in root.iter('layer') if one.get('type') in _CONVOLUTIONS):
        image, weights = ([int(side.text or 0) for side in port.iter('dim')] for port in layer.iterfind('input/port'))
        depthwise = layer.get('type') == 'GroupConvolution' and weights[0] == image[1]
        pointwise = layer.get('type') == 'Convolution' and weights[2:] == [1, 1]
        if number and (image[1] % _TOGETHER or not (depthwise or pointwise)):
            return
        yield layer, _DEPTHWISE if depthwise else _POINTWISE if pointwise else _DENSE
