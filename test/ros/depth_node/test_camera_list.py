# SPDX-License-Identifier: Apache-2.0
"""The list of cameras that multi_camera.launch.py reads."""

import pytest

from optidepthnet_ros.ros.depth_node.camera_list import read_camera_list


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a camera list from text."""

    def from_text(text):
        path = tmp_path / 'cameras.yaml'
        path.write_text(text)
        return read_camera_list(str(path))

    return from_text


def test_values_become_strings_as_on_the_command_line(read):
    text = """
        cameras:
        - {name: front, image: /front/image_rect, rectify: true, max_depth: 50, threads: 2, runtime: torch}
        - {name: rear}
    """
    assert read(text) == [
        {
            'namespace': 'front',
            'image': '/front/image_rect',
            'rectify': 'true',
            'max_depth': '50',
            'threads': '2',
            'runtime': 'torch',
        },
        {'namespace': 'rear'},
    ]


@pytest.mark.parametrize(
    'text, message',
    [
        ('{', 'cannot be read .not YAML'),
        ('front: {}', 'not a list of cameras: it must be cameras:'),
        ('cameras: []', 'not a list of cameras'),
        ('cameras: [front]', 'not a list of cameras'),
        ('cameras: [{image: /image}]', 'camera 1 has no name'),
        ('cameras: [{name: a}, {name: a}]', 'two cameras are called a'),
        ('cameras: [{name: a, max_dept: 5}]', "camera 1, a: 'max_dept' is not an argument .* did you mean max_depth?"),
        ('cameras: [{name: a, 5: 5}]', "camera 1, a: '5' is not an argument of depth.launch.py$"),
    ],
)
def test_the_error_says_why_a_file_is_not_a_camera_list(read, text, message):
    with pytest.raises(ValueError, match=message):
        read(text)


def test_the_error_names_a_missing_file():
    with pytest.raises(ValueError, match='cameras:=nowhere.yaml: cannot be read .No such file'):
        read_camera_list('nowhere.yaml')
    with pytest.raises(ValueError, match='cameras is empty: give a YAML file'):
        read_camera_list('')
