# SPDX-License-Identifier: Apache-2.0
"""Starts the encoder of a network from published weights, so that it learns more from little data."""

from pathlib import Path

import torch
from torch import nn

from optidepthnet_ros.network.encoders.resnet import Bottleneck
from optidepthnet_ros.network.layers import ConvBlock
from optidepthnet_ros.network.optidepthnet import OptiDepthNet
from optidepthnet_ros.training.pretrained.layouts import LAYOUTS, Layer, Layout
from optidepthnet_ros.training.pretrained.weight_file import EncoderWeightsError, read_weights

STATISTICS = ('weight', 'bias', 'running_mean', 'running_var')
COUNTER = '.num_batches_tracked'


def initialise_encoder(network: OptiDepthNet, name: str, path: Path) -> str:
    """Copy published weights into the encoder; the decoder keeps its own.

    :param name: name of the network
    :return: what was done, as text
    :raises EncoderWeightsError: no published weights fit this network, or the file has different ones
    """
    if name not in LAYOUTS:
        raise EncoderWeightsError(
            f'--encoder-weights: no published weights fit the encoder of {name}: there are none for separable layers, '
            'and the first four layers of vgg, on which all others depend, differ from VGG16: '
            f'use --network {", ".join(LAYOUTS)}, or omit the option'
        )
    layout = LAYOUTS[name]
    if not path.is_file():
        raise EncoderWeightsError(f'--encoder-weights: {path} is not a file: {layout.where}')
    try:
        count = transfer(network.encoder, read_weights(path, layout.digest), layout)
    except ValueError as error:
        raise EncoderWeightsError(f'--encoder-weights: {error}') from None
    total = sum(not key.endswith(COUNTER) for key in network.encoder.state_dict())
    rest = '; the other shortcuts start as identity' if count < total else ''
    return f'{count} of {total} tensors of the encoder start from {path}{rest}'


def transfer(encoder: nn.Module, published: dict[str, torch.Tensor], layout: Layout) -> int:
    """Copy published weights into an encoder whose input images are in 0..1.

    The result equals the published network on the normalised image, except near zero padding (black here, the mean
    colour there), and except for differences by design: our ResNets have ELU instead of ReLU, and stride 2 one block
    earlier.

    :return: number of tensors of the encoder that were set from published ones
    :raises EncoderWeightsError: tensors are missing, left over or of another shape
    """
    layers = list(layout.layers(encoder))
    _check(layers, published, layout.classifier)
    published = {**published, **_for_raw_input(published, layers[0], layout)}
    for module in encoder.modules():
        if isinstance(module, Bottleneck):
            _make_identity(module.shortcut)
    with torch.no_grad():
        return sum(_set_layer(layer, published) for layer in layers)


def _check(layers: list[Layer], published: dict[str, torch.Tensor], classifier: tuple[str, ...]) -> None:
    expected = {}
    for block, conv, norm in layers:
        shape = block.conv.get_parameter('weight').shape
        expected[f'{conv}.weight'] = shape
        expected.update({f'{norm}.{part}': shape[:1] for part in STATISTICS})
    found = {
        name: tensor.shape
        for name, tensor in published.items()
        if not name.endswith(COUNTER) and not name.startswith(classifier)
    }
    other = [
        f"'{name}' is {tuple(found[name])}, not {tuple(expected[name])}"
        for name in expected.keys() & found.keys()
        if found[name] != expected[name]
    ]
    for problem, names in (
        ('are missing', expected.keys() - found.keys()),
        ('have no place in this encoder', found.keys() - expected.keys()),
        ('have another shape', other),
    ):
        if names:
            raise EncoderWeightsError(
                f'{len(names)} tensors {problem}, such as {", ".join(sorted(names)[:3])}: '
                'give the weights of exactly this network'
            )


def _for_raw_input(published: dict[str, torch.Tensor], first: Layer, layout: Layout) -> dict[str, torch.Tensor]:
    """Return weights of the first layer that have the effect of the published ones, but for images in 0..1."""
    mean, std = (torch.tensor(values)[:, None, None] for values in (layout.mean, layout.std))
    weight = published[f'{first.conv}.weight'] / std
    # The batch norm subtracts what subtracting the mean would have removed from the output of the convolution.
    return {
        f'{first.conv}.weight': weight,
        f'{first.norm}.running_mean': published[f'{first.norm}.running_mean'] + (weight * mean).sum((1, 2, 3)),
    }


def _set_layer(layer: Layer, published: dict[str, torch.Tensor]) -> int:
    """Copy a layer, with its batch norm folded if the encoder has none; return the number of tensors set."""
    conv, norm = layer.block.conv, layer.block.norm
    weight = published[f'{layer.conv}.weight']
    statistics = {part: published[f'{layer.norm}.{part}'] for part in STATISTICS}
    if isinstance(norm, nn.BatchNorm2d):
        for part, tensor in statistics.items():
            getattr(norm, part).copy_(tensor)
        conv.get_parameter('weight').copy_(weight)
        if isinstance(conv.bias, torch.Tensor):
            conv.bias.zero_()
    else:
        scale = statistics['weight'] * (statistics['running_var'] + nn.BatchNorm2d(1).eps).rsqrt()
        conv.get_parameter('weight').copy_(weight * scale[:, None, None, None])
        conv.get_parameter('bias').copy_(statistics['bias'] - statistics['running_mean'] * scale)
    return len(layer.block.state_dict()) - isinstance(norm, nn.BatchNorm2d)  # its counter of batches


def _make_identity(block: ConvBlock) -> None:
    """Make a block pass its input on, because the published ResNets have no projection here.

    A batch normalisation after it still normalises each channel over the batch during training.
    """
    nn.init.dirac_(block.conv.get_parameter('weight'))
    nn.init.zeros_(block.conv.get_parameter('bias'))
