# SPDX-License-Identifier: Apache-2.0
"""The networks equal the paper's, down to the number of parameters."""

import pytest
import torch
from torch.nn.functional import interpolate

from optidepthnet_ros.network.layers import ConvBlock, SeparableConv2d, upsample
from optidepthnet_ros.network.names import NETWORKS
from optidepthnet_ros.network.optidepthnet import build_network


@pytest.mark.parametrize(
    'name, separable_scope, count',
    [
        ('vgg', 'all', 31_600_072),
        ('dvgg', 'all', 3_583_729),
        ('dvgg', 'text', 3_589_870),
        ('resnet50', 'all', 58_452_008),
        ('dresnet50', 'all', 30_362_417),
        ('dresnet50', 'text', 30_343_150),
        ('resnet152', 'all', 125_577_256),
        ('dresnet152', 'all', 81_382_193),
        ('dresnet152', 'text', 81_289_198),
    ],
)
def test_parameter_counts_equal_the_papers(name, separable_scope, count):
    assert _count(build_network(name, separable_scope=separable_scope)) == count


def test_each_layer_of_dvgg_has_the_right_parameter_count():
    network = build_network('dvgg')
    encoder = [_count(layer) for stage in network.encoder.stages for layer in stage]
    assert encoder == [275, 2624, 2912, 5760, 8896, 17664, 34176, 68096, 133888, *[267264] * 5]
    decoder = network.decoder
    levels = [(_count(decoder.upconv[level]), _count(decoder.iconv[level])) for level in '7654321']
    assert levels == [
        (267264, 534016),
        (267264, 534016),
        (135936, 135936),
        (35200, 35200),
        (9408, 9554),
        (2656, 2738),
        (816, 466),
    ]
    assert [_count(decoder.heads[level]) for level in '4321'] == [1410, 706, 354, 178]


def test_the_decoder_of_dresnet50_has_the_right_parameter_count():
    decoder = build_network('dresnet50').decoder
    levels = [(_count(decoder.upconv[level]), _count(decoder.iconv[level])) for level in '65421']
    assert levels == [(1067520, 800768), (135936, 203776), (35200, 52736), (2656, 4050), (816, 466)]


def test_dlite0_has_the_parameter_count_of_the_published_table():
    """The classifier's last 1x1 and its linear layer, 1,693,160 of the published 4.65 million, are left out."""

    def block(in_channels, out_channels, kernel, expansion):
        channels = expansion * in_channels
        expand = in_channels * channels + 2 * channels if expansion > 1 else 0
        return expand + channels * kernel**2 + 2 * channels + channels * out_channels + 2 * out_channels

    stem, in_channels, encoder = 3 * 32 * 9 + 2 * 32, 32, []
    for kernel, expansion, channels, count in (
        (3, 1, 16, 1),
        (3, 6, 24, 2),
        (5, 6, 40, 2),
        (3, 6, 80, 3),
        (5, 6, 112, 3),
        (5, 6, 192, 4),
        (3, 6, 320, 1),
    ):
        for _ in range(count):
            encoder.append(block(in_channels, channels, kernel, expansion))
            in_channels = channels
    network = build_network('dlite0')
    layers = [_count(layer) for level in network.encoder.levels for layer in level]
    assert layers == [stem, *encoder]
    assert sum(layers) == 2_958_848 == 4_652_008 - 1_693_160

    def separable(in_channels, out_channels):
        return in_channels * 9 + in_channels * out_channels + out_channels

    decoder = [
        (separable(320, 256), separable(256 + 112, 256)),
        (separable(256, 128), separable(128 + 40, 128)),
        (separable(128, 64), separable(64 + 24 + 2, 64)),
        (separable(64, 32), separable(32 + 16 + 2, 32)),
    ]
    assert [
        (_count(network.decoder.upconv[level]), _count(network.decoder.iconv[level])) for level in '5432'
    ] == decoder
    assert _count(network) == 2_958_848 + sum(map(sum, decoder)) + 1410 + 706 + 354 == 3_223_274


def test_dnano_is_dense_up_to_64_channels():
    network = build_network('dnano')
    for block in (module for module in network.modules() if isinstance(module, ConvBlock)):
        separable = isinstance(block.conv, SeparableConv2d)
        assert separable == ((block.conv.conv_dw if separable else block.conv).in_channels > 64)


@pytest.mark.parametrize('name', ['dlite0', 'dnano'])
def test_our_own_networks_end_at_half_size(name):
    network = build_network(name).eval()
    with torch.inference_mode():
        finest, half, *_ = network(torch.rand(1, 3, 64, 128))
    assert torch.equal(finest, interpolate(half, scale_factor=2, mode='bilinear'))


@pytest.mark.parametrize('name', ['vgg', 'dvgg', 'resnet50', 'dresnet50', 'dlite0', 'dnano'])
def test_four_scales_of_two_disparities_below_the_limit_for_images_of_any_size(name):
    network = build_network(name)
    for height, width in ((64, 128), (97, 161)):
        with torch.inference_mode():
            outputs = network(torch.rand(2, 3, height, width))
        assert [tuple(output.shape) for output in outputs] == [
            (2, 2, -(-height // 2**scale), -(-width // 2**scale)) for scale in range(4)
        ]
        assert all(0 < output.min() and output.max() < 0.3 for output in outputs)


@pytest.mark.parametrize(
    'name, layer',
    [('dvgg', 'encoder.stages.0.0.conv.conv_pw.weight'), ('dlite0', 'encoder.levels.0.1.depthwise.conv.weight')],
)
def test_a_seed_gives_the_same_weights_and_leaves_torchs_own_generator_alone(name, layer):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, second, other = (build_network(name, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(first[layer], other[layer])


def test_fresh_weights_carry_the_signal_to_the_bottleneck():
    """With PyTorch's own initialisation the deepest features have a thousandth of the variance, and learning stalls."""
    torch.manual_seed(0)
    with torch.inference_mode():
        features = build_network('dvgg').encoder(torch.randn(1, 3, 256, 512))
    assert 0.1 < features[-1].std() < 10


@pytest.mark.parametrize(
    'arguments, message',
    [
        (('dvgg16',), "network 'dvgg16' is unknown: use one of vgg, resnet50"),
        (('dvgg', 'C'), "separable_scope 'C' is unknown: use one of all, text"),
        (('dlite0', 'text'), "separable_scope 'text' is from the paper's text, which does not cover dlite0: use 'all'"),
        (('dnano', 'text'), "separable_scope 'text' is from the paper's text, which does not cover dnano: use 'all'"),
        (('dvgg', 'all', 'group'), "norm 'group' is unknown: use one of none, batch"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_network(arguments[0], **dict(zip(('separable_scope', 'norm'), arguments[1:])))


def test_all_networks_are_listed():
    assert set(NETWORKS) == {'vgg', 'dvgg', 'resnet50', 'dresnet50', 'resnet152', 'dresnet152', 'dlite0', 'dnano'}


def _count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_upsampling_repeats_each_pixel_up_to_the_size_of_the_skip():
    for pixels in [*range(1, 50), 293, 1000, 2000]:
        x = torch.arange(float(pixels)).view(1, 1, 1, -1)
        for size in (2 * pixels - 1, 2 * pixels):
            assert torch.equal(upsample(x, (1, size))[0, 0, 0], torch.arange(size) // 2)
