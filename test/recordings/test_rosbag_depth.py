# SPDX-License-Identifier: Apache-2.0
"""Recordings of RGB-D cameras, as their drivers and Gazebo publish them, are read as images and metres."""

from functools import partial

import cv2
import numpy as np
import pytest
from depth_recordings import COLOUR, DEPTH, compressed_depth, in_frame, millimetres, rgbd_recording, room
from stereo_recordings import (
    FOCAL,
    HEIGHT,
    MATRIX,
    START,
    WIDTH,
    camera_info,
    compressed,
    projection,
    raw,
    recording,
    wall,
    write_bag,
)

from optidepthnet_ros.recordings.bag_scenes import bag_scenes
from optidepthnet_ros.recordings.recognise import open_scenes
from optidepthnet_ros.recordings.scene import DataError


def scenes(path, topics=None, tolerance=0.005):
    return bag_scenes(path, topics, tolerance)


def floats(metres, stamp):
    return raw(metres.astype(np.float32), stamp, '32FC1')


def with_holes(metres):
    metres = metres.copy()
    metres[:20] = np.nan
    metres[20:25, 7:31] = np.nan
    return metres


@pytest.mark.parametrize(
    'colour, depth, encode',
    [
        (COLOUR, DEPTH, None),
        ('/oak/rgb/image_raw', '/oak/stereo/image_raw', None),
        ('/rgb/image_raw', '/depth_to_rgb/image_raw', floats),
        ('/rgbd_camera/image', '/rgbd_camera/depth_image', floats),
    ],
)
def test_the_topics_of_known_drivers_are_found(tmp_path, colour, depth, encode):
    bag = write_bag(tmp_path / 'kitchen', rgbd_recording(colour=colour, depth=depth, encode=encode))
    (scene,) = open_scenes(bag)
    assert (scene.name, len(scene), scene.source) == ('kitchen', 3, 'measured')
    assert (scene.camera.width, scene.camera.fx) == (WIDTH, FOCAL)
    for index in (2, 0, 1):
        image, metres = scene.read(index)
        np.testing.assert_array_equal(image, room(index)[0])
        np.testing.assert_allclose(metres, room(index)[1], rtol=1e-6)
        assert metres.dtype == np.float32
    assert scene.describe(1) == f'{bag}: {colour} at 1700000000.223456789'
    assert f'depth from {depth}' in scene.notes[0]


@pytest.mark.parametrize('encoding, tolerance', [('16UC1', 1e-6), ('32FC1', 0.01)])
@pytest.mark.parametrize('kind', ['png', 'rvl'])
def test_compressed_depth_is_read(tmp_path, kind, encoding, tolerance):
    encode = partial(compressed_depth, kind=kind, encoding=encoding)
    messages = rgbd_recording(
        1, depth=f'{DEPTH}/compressedDepth', encode=lambda metres, stamp: encode(with_holes(metres), stamp)
    )
    (scene,) = scenes(write_bag(tmp_path / 'kitchen', messages))
    np.testing.assert_allclose(scene.read(0)[1], with_holes(room(0)[1]), rtol=tolerance)


def test_depth_without_a_value_is_unknown(tmp_path):
    """REP-117's value for beyond the range is unknown as well: beyond the sensor's range is not the sky."""

    def encode(metres, stamp):
        metres = metres.copy()
        metres[0, :5] = np.nan, np.inf, -np.inf, 0, -1
        return floats(metres, stamp)

    (scene,) = scenes(write_bag(tmp_path / 'kitchen', rgbd_recording(1, encode=encode)))
    metres = scene.read(0)[1]
    assert np.isnan(metres[0, :5]).all()
    assert np.isfinite(metres).sum() == metres.size - 5


def test_depth_may_be_smaller_and_compressed_images_are_read(tmp_path):
    small = cv2.resize(room(0)[1], (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_NEAREST)
    info = camera_info(0.0, k=MATRIX, p=projection(), width=WIDTH, height=HEIGHT)
    bag = write_bag(
        tmp_path / 'kitchen',
        [
            ('/camera/camera_info', START, info),
            ('/camera/image/compressed', START, in_frame(compressed(room(0)[0], START), 'optical')),
            ('/camera/depth', START, in_frame(raw(millimetres(small), START, '16UC1'), 'optical')),
        ],
    )
    (scene,) = scenes(bag)
    image, metres = scene.read(0)
    np.testing.assert_array_equal(image, room(0)[0])
    np.testing.assert_allclose(metres, small, rtol=1e-6)


def test_distorted_images_and_their_depth_are_rectified_alike(tmp_path):
    """Depth takes the nearest pixel, so that no depth appears between an object and what is behind it."""
    infos = (camera_info(0.0, d=[-0.2, 0.05, 0, 0, 0]),) * 2
    (scene,) = scenes(write_bag(tmp_path / 'kitchen', rgbd_recording(1, infos=infos)))
    image, metres = scene.read(0)
    assert f'rectified here from {COLOUR.rsplit("/", 1)[0]}/camera_info' in scene.notes
    assert set(np.unique(metres[np.isfinite(metres)]).tolist()) == set(np.unique(room(0)[1]).tolist())
    maps = cv2.initUndistortRectifyMap(
        MATRIX, np.array([-0.2, 0.05, 0, 0, 0]), None, MATRIX, (WIDTH, HEIGHT), cv2.CV_32FC1
    )
    expected = cv2.remap(room(0)[1], *maps, cv2.INTER_NEAREST, borderValue=float('nan'))
    assert np.mean(np.isclose(metres, expected, equal_nan=True)) > 0.999
    assert np.abs(image.astype(int) - cv2.remap(room(0)[0], *maps, cv2.INTER_LINEAR)).mean() < 1


def test_depth_beside_a_stereo_camera_is_used_only_if_it_is_named(tmp_path):
    depth = '/stereo/depth'
    messages = list(recording(2))
    for index in range(2):
        message = raw(millimetres(room(index)[1]), START + index * 100_000_000, '16UC1')
        messages.append((depth, START + 5_000_000 + index * 100_000_000, in_frame(message, 'camera')))
    messages.append(('/stereo/camera_info', START, camera_info(0.0)))
    bag = write_bag(tmp_path / 'drive', messages)
    (scene,) = scenes(bag)
    assert scene.read(0)[0].ndim == 2 and scene.rig.baseline > 0
    assert any(f'depth on {depth} is left out' in note and '--topics' in note for note in scene.notes)
    (scene,) = scenes(bag, (depth, '/stereo/left/image_rect'))
    np.testing.assert_array_equal(scene.read(1)[0], wall(1)[0])
    np.testing.assert_allclose(scene.read(1)[1], room(1)[1], rtol=1e-6)


@pytest.mark.parametrize(
    'options, message',
    [
        (
            {'frames': ('colour_optical', 'depth_optical')},
            f"depth on {DEPTH} is in frame 'depth_optical', the images on {COLOUR} in 'colour_optical': record",
        ),
        (
            {'infos': (camera_info(0.0), camera_info(0.0, width=WIDTH, height=240))},
            'is of 320x240, .* of 320x192: the aspect ratios differ: record',
        ),
        (
            {'infos': (camera_info(0.0), camera_info(0.0, p=projection(matrix=MATRIX + np.diag([50, 50, 0]))))},
            'the focal length is 300.0 on /camera/aligned_depth_to_color/camera_info, but 250.0 on',
        ),
        (
            {'encode': lambda metres, stamp: raw(millimetres(metres[:, :200]), stamp, '16UC1')},
            'the depth is 200x192, but the image is 320x192: give depth aligned to the image',
        ),
        (
            {'encode': lambda metres, stamp: raw(millimetres(metres), stamp + 50_000_000, '16UC1')},
            r'0 pairs of 3 colour and 3 depth images, .*allow a larger difference with --stamp-tolerance',
        ),
    ],
)
def test_depth_that_is_not_aligned_is_refused_with_a_remedy(tmp_path, options, message):
    with pytest.raises(DataError, match=message):
        scenes(write_bag(tmp_path / 'kitchen', rgbd_recording(**options)))


def test_two_depth_topics_of_one_camera_are_distinguished_by_name(tmp_path):
    """For example measured and estimated depth."""
    other = '/camera/color/depth_estimated'
    estimated = [(other, START + 9, in_frame(floats(2 * room(0)[1], START), 'optical'))]
    bag = write_bag(tmp_path / 'kitchen', [*rgbd_recording(1), *estimated])
    with pytest.raises(DataError, match=f'{DEPTH} and {other} could all be the depth .* with --topics'):
        scenes(bag)
    (scene,) = scenes(bag, (COLOUR, DEPTH))
    np.testing.assert_allclose(scene.read(0)[1], room(0)[1], rtol=1e-6)
    with pytest.raises(DataError, match='are both depth'):
        scenes(bag, (other, DEPTH))


def test_uncompressed_depth_is_preferred_if_both_were_recorded(tmp_path):
    name = f'{DEPTH}/compressedDepth'
    messages = [*rgbd_recording(1), (name, START + 9, in_frame(compressed_depth(room(0)[1], START), 'optical'))]
    (scene,) = scenes(write_bag(tmp_path / 'kitchen', messages))
    assert scene.notes[0].endswith(f'depth from {DEPTH}')


def test_depth_without_images_is_refused(tmp_path):
    messages = [entry for entry in rgbd_recording(1) if not entry[0].startswith('/camera/color')]
    with pytest.raises(DataError, match=f'depth on {DEPTH}, but no image topic has a camera_info'):
        scenes(write_bag(tmp_path / 'kitchen', messages))


@pytest.mark.parametrize('kind', ['png', 'rvl'])
def test_damaged_depth_is_named(tmp_path, kind):
    def encode(metres, stamp):
        message = compressed_depth(metres, stamp, kind)
        if stamp == START:
            message.data = message.data[: len(message.data) // 2]
        return message

    (scene,) = scenes(
        write_bag(tmp_path / 'kitchen', rgbd_recording(2, depth=f'{DEPTH}/compressedDepth', encode=encode))
    )
    with pytest.raises(DataError, match=f'{DEPTH}/compressedDepth at {START} ns: compressed depth of format'):
        scene.read(0)
    assert np.isfinite(scene.read(1)[1]).all()
