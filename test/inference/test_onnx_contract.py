# SPDX-License-Identifier: Apache-2.0
"""A contract contains everything that is needed, or is refused with the reason."""

import pytest
import yaml
from training.teachers.networks import valid_contract

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference.onnx_network.contract import OnnxError, read_contract
from optidepthnet_ros.inference.onnx_network.size_rules import FixedSize, MultipleSize

CAMERA = Camera(640, 480, 500.0, 500.0, 319.5, 239.5)


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / 'net.yaml'
        path.write_text(yaml.safe_dump(content))
        return read_contract(path)

    return read


def test_optional_entries_have_defaults(read):
    content = valid_contract()
    del content['name']
    contract = read(content)
    assert (contract.name, contract.licence, contract.output.focal) == ('net', 'CC BY-NC 4.0', None)
    assert contract.input.mean == (0, 0, 0) and contract.input.std == (1, 1, 1)


@pytest.mark.parametrize(
    'rule, size',
    [
        (FixedSize(192, 320), (192, 320)),
        (MultipleSize(14, 'short_side', 518), (518, 686)),
        (MultipleSize(32, 'long_side', 640), (480, 640)),
        (MultipleSize(32, 'long_side', 32), (32, 32)),
    ],
)
def test_images_keep_their_aspect_ratio_except_for_rounding(rule, size):
    assert rule.size(CAMERA) == size


def test_pixels_become_square():
    assert MultipleSize(2, 'short_side', 240).size(Camera(640, 240, 500.0, 250.0, 319.5, 119.5)) == (240, 320)


@pytest.mark.parametrize(
    'section, key, value, message',
    [
        ('', 'licence', None, "licence is missing: give the name of the weights' licence"),
        ('', 'license', 'MIT', 'license is unknown here: expected name, licence, input, output'),
        ('', 'input', 3, 'input must have name, size, channels, range, mean, std'),
        ('input', 'size', [192], r'input.size is \[192\], but must be \[height, width\], or {multiple'),
        ('input', 'size', {'multiple': 14}, r"input.size is {'multiple': 14}, but must be"),
        ('input', 'size', {'multiple': 0, 'short_side': 518}, 'input.size is .* all positive integers'),
        ('input', 'channels', 'rgba', "input.channels is 'rgba', but must be one of rgb, bgr, gray"),
        ('input', 'range', 100, 'input.range is 100, but must be 1 or 255'),
        ('input', 'std', [1, 1, 0], r'input.std is \[1, 1, 0\], but must be 3 numbers .* all positive'),
        ('input', 'mean', 0.5, 'input.mean is 0.5, but must be 3 numbers in a list'),
        ('output', 'kind', 'depth', "output.kind is 'depth', but must be one of metric depth, inverse depth, relative"),
        ('output', 'focal', 500, 'output.focal is 500, but relative inverse depth has no metres'),
    ],
)
def test_an_error_message_names_what_is_wrong(read, section, key, value, message):
    content = valid_contract()
    place = content[section] if section else content
    place[key] = value
    if value is None:
        del place[key]
    with pytest.raises(OnnxError, match=message):
        read(content)


@pytest.mark.parametrize('focal', [None, 0, 'alive'])
def test_metric_depth_needs_the_focal_length_for_which_it_is_right(read, focal):
    content = valid_contract()
    content['output'] = {'name': 'depth', 'kind': 'metric depth', 'focal': focal}
    with pytest.raises(OnnxError, match=r"output.focal is .*positive pixels.*'live'"):
        read(content)


def test_the_error_names_a_missing_file_and_one_that_is_not_yaml(tmp_path):
    with pytest.raises(OnnxError, match='net.yaml: cannot be read .* needs this file beside it'):
        read_contract(tmp_path / 'net.yaml')
    (tmp_path / 'net.yaml').write_text('{')
    with pytest.raises(OnnxError, match='net.yaml: is not YAML'):
        read_contract(tmp_path / 'net.yaml')
