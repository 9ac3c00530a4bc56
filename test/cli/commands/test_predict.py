# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet predict`, as a user runs it: files in, files out, or a one-line error."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import yaml

from optidepthnet_ros.cli import main
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.geometry.depth import points_from_depth


@pytest.fixture
def images(tmp_path):
    """A folder of two textured images."""
    folder = tmp_path / 'images'
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    for name in ('a.png', 'b.jpg'):
        cv2.imwrite(str(folder / name), cv2.resize(noise, (240, 160)))
    return folder


@pytest.fixture
def camera(tmp_path):
    path = tmp_path / 'camera.yaml'
    path.write_text(
        yaml.safe_dump(
            {
                'image_width': 240,
                'image_height': 160,
                'projection_matrix': {'data': [200.0, 0, 120, 0, 0, 200.0, 80, 0, 0, 0, 1, 0]},
            }
        )
    )
    return path


@pytest.fixture
def arguments(tmp_path, checkpoint_file, camera):
    """Return a function that completes the command's arguments."""

    def complete(*arguments, **options):
        options = {
            'camera': camera,
            'checkpoint': checkpoint_file,
            'runtime': 'torch',
            'output': tmp_path / 'output',
            **options,
        }
        command = ['predict', *map(str, arguments)]
        for name, value in options.items():
            command += [f'--{name.replace("_", "-")}', str(value)]
        return command

    return complete


@pytest.fixture
def refusal(arguments, capsys):
    """Return a function that runs the command, which must fail with a one-line error, and returns that line."""

    def run(*positional, **options):
        assert main(arguments(*positional, **options)) == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return run


def test_a_folder_gives_arrays_pictures_and_point_clouds(arguments, images, camera, tmp_path):
    command = [sys.executable, '-m', 'optidepthnet_ros.cli', *arguments(images, max_depth=20)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith('runs on ') and 'images in ' in result.stdout.splitlines()[-1]
    output = tmp_path / 'output'
    assert sorted(path.name for path in output.iterdir()) == [
        f'{name}.{suffix}' for name in 'ab' for suffix in ('npy', 'ply', 'png')
    ]
    depth = np.load(output / 'a.npy')
    assert depth.dtype == np.float32 and depth.shape == (160, 240)
    assert np.all((depth > 0) & ((depth <= 20) | np.isposinf(depth)) | np.isnan(depth))
    picture = cv2.imread(str(output / 'a.png'))
    assert picture.shape[0] > 160 and picture.shape[1] >= 480  # image, depth and scale
    points, colours = read_ply(output / 'a.ply')
    finite = np.isfinite(depth)
    np.testing.assert_array_equal(points, points_from_depth(depth, read_camera(camera))[finite])
    np.testing.assert_array_equal(colours, cv2.imread(str(images / 'a.png'))[finite][:, ::-1])


def test_only_the_requested_formats_are_written(arguments, images, tmp_path):
    assert main(arguments(images / 'a.png', format='npy')) == 0
    assert [path.name for path in (tmp_path / 'output').iterdir()] == ['a.npy']


def test_an_unreadable_image_is_named_and_nothing_is_written(refusal, images, tmp_path):
    (images / 'broken.png').write_bytes(b'no picture')
    assert 'broken.png: not a readable image' in refusal(images)
    assert not (tmp_path / 'output').exists()


def test_a_truncated_image_is_named_and_nothing_is_written(refusal, images, tmp_path):
    path = images / 'a.png'
    path.write_bytes(path.read_bytes()[:300])
    assert 'a.png: ' in refusal(images)
    assert not (tmp_path / 'output').exists()


def test_a_calibration_of_another_size_is_refused(refusal, images, tmp_path):
    cv2.imwrite(str(images / 'small.png'), np.zeros((50, 60, 3), np.uint8))
    assert 'small.png: the image is 60x50, but --camera is for 240x160' in refusal(images)
    assert not (tmp_path / 'output').exists()


@pytest.mark.parametrize(
    'option, message',
    [
        ({'camera': 'none.yaml'}, 'none.yaml: cannot be read'),
        ({'checkpoint': 'none.safetensors'}, 'none.safetensors: no such file, and no shipped model'),
        ({'max_depth': 'nan'}, '--max-depth is nan'),
        ({'runtime': 'tflite'}, "runtime 'tflite' is unknown: use auto or one of torch"),
        ({'threads': 0}, '--threads is 0'),
    ],
)
def test_unusable_options_are_named(refusal, images, tmp_path, option, message):
    assert message in refusal(images, **option)
    assert not (tmp_path / 'output').exists()


def test_missing_inputs_are_named(refusal, tmp_path):
    assert 'nowhere: no such image or folder' in refusal(tmp_path / 'nowhere')
    (tmp_path / 'empty').mkdir()
    assert 'empty: no image in this folder' in refusal(tmp_path / 'empty')


def test_results_never_overwrite_each_other_or_the_input(refusal, images, tmp_path):
    assert 'would overwrite the input' in refusal(images, output=images)
    cv2.imwrite(str(images / 'a.jpg'), np.zeros((160, 240, 3), np.uint8))
    assert 'would both be written as a' in refusal(images)
    assert not (tmp_path / 'output').exists()


def read_ply(path):
    header, _, body = path.read_bytes().partition(b'end_header\n')
    count = int(header.split(b'element vertex ')[1].split()[0])
    vertices = np.frombuffer(body, [('points', '<f4', 3), ('colours', 'u1', 3)])
    assert len(vertices) == count
    return vertices['points'], vertices['colours']
