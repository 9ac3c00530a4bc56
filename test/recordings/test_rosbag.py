# SPDX-License-Identifier: Apache-2.0
"""Recordings written with rosbags, in both storages, raw and compressed, rectified or not, are read as pairs."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import pytest
from rosbags.rosbag2 import CompressionMode, StoragePlugin
from stereo_recordings import (
    BASELINE,
    DISPARITY,
    FOCAL,
    HEIGHT,
    LEFT,
    MATRIX,
    PERIOD,
    RIGHT,
    START,
    TX,
    WIDTH,
    camera_info,
    compressed,
    parent,
    projection,
    raw,
    recording,
    wall,
    write_bag,
)

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.recordings.bag_scenes import bag_scenes
from optidepthnet_ros.recordings.checks import inspect_scene, refuse_unreadable
from optidepthnet_ros.recordings.scene import DataError


def scenes(path, topics=None, tolerance=0.005):
    return bag_scenes(path, topics, tolerance)


def in_order_of_reception(messages):
    return sorted(messages, key=lambda entry: entry[1])


@pytest.mark.parametrize('plugin', StoragePlugin)
@pytest.mark.parametrize('encode, suffix', [(raw, ''), (compressed, '/compressed')])
def test_pairs_are_read_with_their_rig(tmp_path, plugin, encode, suffix):
    messages = recording(left=LEFT + suffix, right=RIGHT + suffix, encode=encode)
    (scene,) = scenes(write_bag(tmp_path / 'drive', messages, plugin))
    assert (scene.name, len(scene)) == ('drive', 3)
    assert scene.rig.baseline == pytest.approx(BASELINE)
    assert (scene.rig.camera.width, scene.rig.camera.fx) == (WIDTH, FOCAL)
    for index in (2, 0, 1):  # in any order
        for image, expected in zip(scene.read(index), wall(index)):
            np.testing.assert_array_equal(image, expected)
    assert scene.describe(1) == f'{tmp_path}/drive: {LEFT}{suffix} at 1700000000.223456789'


@pytest.mark.parametrize(
    'plugin, mode',
    [
        (StoragePlugin.SQLITE3, CompressionMode.FILE),
        (StoragePlugin.SQLITE3, CompressionMode.MESSAGE),
        (StoragePlugin.MCAP, CompressionMode.STORAGE),
    ],
)
def test_compressed_recordings_are_read(tmp_path, plugin, mode):
    (scene,) = scenes(write_bag(tmp_path / 'drive', recording(), plugin, mode))
    np.testing.assert_array_equal(scene.read(1)[1], wall(1)[1])


def test_a_file_without_metadata_is_read(tmp_path):
    bag = write_bag(tmp_path / 'drive', recording())
    (bag / 'metadata.yaml').unlink()
    (scene,) = scenes(bag / 'drive.mcap')
    np.testing.assert_array_equal(scene.read(2)[0], wall(2)[0])


def test_left_and_right_are_distinguished_by_tx_even_if_their_topic_names_are_swapped(tmp_path):
    (scene,) = scenes(write_bag(tmp_path / 'drive', recording(left=RIGHT, right=LEFT)))
    np.testing.assert_array_equal(scene.read(0)[0], wall(0)[0])
    assert scene.rig.baseline == pytest.approx(BASELINE)


def test_colour_is_read_as_gray(tmp_path):
    def bgr(image, stamp):
        return raw(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), stamp, 'bgr8')

    (scene,) = scenes(write_bag(tmp_path / 'drive', recording(encode=bgr)))
    np.testing.assert_array_equal(scene.read(0)[0], wall(0)[0])


@pytest.mark.parametrize(
    'model, distortion',
    [
        ('plumb_bob', [-0.25, 0.06, 0.002, -0.001, 0.0]),
        ('rational_polynomial', [0.3, 0.05, 0.001, -0.001, 0.01, 0.5, 0.1, 0.02]),
        ('equidistant', [-0.02, 0.01, -0.003, 0.0005]),
    ],
)
def test_an_unrectified_pair_is_rectified(tmp_path, model, distortion):
    """The rectified wall is bent through each lens; reading restores the wall, except for interpolation."""
    lenses = [
        (
            MATRIX + np.diag([side, -side, 0]),
            np.array(distortion) * (1 + 0.02 * side),
            cv2.Rodrigues(np.array([0.015, 0.01, -0.02]) * side)[0],
        )
        for side in (-1.0, 1.0)
    ]
    infos = [camera_info(tx, k=k, d=d, model=model, r=r) for tx, (k, d, r) in zip((0.0, TX), lenses)]

    def bent(index):
        return [bend(image, model, *lens) for image, lens in zip(wall(index), lenses)]

    messages = recording(1, left='/left/image_raw', right='/right/image_raw', infos=infos, views=bent)
    (scene,) = scenes(write_bag(tmp_path / 'drive', messages))
    inside = np.s_[20:-20, 20:-20]
    for raw_image, image, expected in zip(bent(0), scene.read(0), wall(0)):
        assert np.abs(raw_image[inside].astype(float) - expected[inside]).mean() > 12
        assert np.abs(image[inside].astype(float) - expected[inside]).mean() < 5
        # It is not shifted, not even by a quarter of a pixel.
        shift, _ = cv2.phaseCorrelate(image[inside].astype(np.float32), expected[inside].astype(np.float32))
        assert np.abs(shift).max() < 0.1
    assert any(model in note for note in scene.notes)


def bend(image, model, k, d, r):
    """Show a rectified image as the lens would have seen it: each raw pixel is sampled at its rectified position."""
    pixels = np.stack(np.meshgrid(np.arange(WIDTH, dtype=np.float64), np.arange(HEIGHT)), -1).reshape(-1, 1, 2)
    if model == 'equidistant':
        places = cv2.fisheye.undistortPoints(pixels, k, d, R=r, P=MATRIX)
    else:
        places = cv2.undistortPoints(pixels, k, d, R=r, P=MATRIX)
    return cv2.remap(image, places.reshape(HEIGHT, WIDTH, 2).astype(np.float32), None, cv2.INTER_CUBIC)


def test_a_rectified_right_image_with_another_principal_point_is_shifted_to_the_left_one(tmp_path):
    """Otherwise every disparity would be off by the difference."""
    matrix = MATRIX + np.array([[0, 0, 5.0], [0, 0, 0], [0, 0, 0]])
    infos = camera_info(0.0), camera_info(TX, k=matrix, p=projection(TX, matrix))

    def views(index):
        left, right = wall(index)
        return left, np.roll(right, 5, axis=1)

    (scene,) = scenes(write_bag(tmp_path / 'drive', recording(views=views, infos=infos)))
    left, right = scene.read(0)
    np.testing.assert_array_equal(left[:, DISPARITY:-5], right[:, : -DISPARITY - 5])


def test_raw_images_are_ignored_if_there_are_rectified_ones(tmp_path):
    def drivers():
        yield from recording()
        yield from recording(
            left='/stereo/left/image_raw',
            right='/stereo/right/image_raw',
            views=lambda _: np.zeros((2, HEIGHT, WIDTH), np.uint8),
        )

    (scene,) = scenes(write_bag(tmp_path / 'drive', in_order_of_reception(drivers())))
    assert scene.describe(0).startswith(f'{tmp_path}/drive: {LEFT} ')


def test_a_depth_image_is_not_taken_for_the_left_one(tmp_path):
    """As in recordings of a RealSense, where depth and left infrared share calibration and name."""

    def drivers():
        yield from recording(left='/camera/infra1/image_rect_raw', right='/camera/infra2/image_rect_raw')
        for index in range(3):
            stamp = START + index * PERIOD
            yield '/camera/infra3/camera_info', stamp, camera_info(0.0)
            yield '/camera/infra3/image_rect_raw', stamp, raw(np.zeros((HEIGHT, WIDTH), np.uint16), stamp, '16UC1')

    (scene,) = scenes(write_bag(tmp_path / 'drive', in_order_of_reception(drivers())))
    assert 'infra1' in scene.describe(0)


def test_two_rigs_are_two_scenes(tmp_path):
    def drivers():
        yield from recording()
        yield from recording(
            left='/rear/left/image_rect', right='/rear/right/image_rect', infos=(camera_info(0.0), camera_info(TX / 2))
        )

    found = scenes(write_bag(tmp_path / 'drive', in_order_of_reception(drivers())))
    assert {scene.name: round(scene.rig.baseline, 6) for scene in found} == {
        'drive_stereo_right': BASELINE,
        'drive_rear_right': BASELINE / 2,
    }


def test_named_topics_are_taken_in_any_order(tmp_path):
    def drivers():
        yield from recording()
        yield from recording(left='/cam0/image', right='/cam1/image', infos=(camera_info(0.0), camera_info(TX / 2)))

    bag = write_bag(tmp_path / 'drive', in_order_of_reception(drivers()))
    (scene,) = scenes(bag, ('/cam1/image', '/cam0/image'))
    assert (scene.name, scene.rig.baseline) == ('drive', pytest.approx(BASELINE / 2))
    for topics, message in [
        (('/cam0/image', LEFT), 'not the left and right camera of one rig'),
        (('/cam0/image', '/cam2/image'), "--topics '/cam2/image' is not a topic with images"),
    ]:
        with pytest.raises(DataError, match=message):
            scenes(bag, topics)


def test_two_possible_left_cameras_are_refused(tmp_path):
    def drivers():
        yield from recording(left='/cam0/image', right='/cam1/image')
        yield from recording(left='/cam2/image', right='/cam1/other')

    with pytest.raises(DataError, match='/cam0/camera_info and /cam2/camera_info could all be .* --topics'):
        scenes(write_bag(tmp_path / 'drive', in_order_of_reception(drivers())))


def test_pairs_are_matched_by_stamp_within_the_tolerance(tmp_path):
    bag = write_bag(tmp_path / 'drive', recording(delay=4_000_000))
    (scene,) = scenes(bag, tolerance=0.005)
    assert '3 pairs of 3 left and 3 right images, stamps within 5 ms' in scene.notes
    with pytest.raises(DataError, match='0 pairs of 3 left and 3 right images, stamps within 3 ms .*--stamp-tolerance'):
        scenes(bag, tolerance=0.003)


def test_lost_images_do_not_lead_to_wrong_pairs(tmp_path):
    lost = (RIGHT, START + PERIOD + 4_000_000)
    messages = [message for message in recording(4) if message[:2] != lost]
    (scene,) = scenes(write_bag(tmp_path / 'drive', messages))
    assert len(scene) == 3
    for index, frame in enumerate((0, 2, 3)):
        for image, expected in zip(scene.read(index), wall(frame)):
            np.testing.assert_array_equal(image, expected)


def test_images_of_half_the_calibrated_size_have_half_the_focal_length(tmp_path):
    double = np.diag([2.0, 2.0, 1.0])
    infos = [
        camera_info(
            2 * tx, k=double @ MATRIX, p=projection(2 * tx, double @ MATRIX), width=2 * WIDTH, height=2 * HEIGHT
        )
        for tx in (0.0, TX)
    ]
    (scene,) = scenes(write_bag(tmp_path / 'drive', recording(infos=infos)))
    assert (scene.rig.camera.fx, scene.rig.baseline) == (pytest.approx(FOCAL), pytest.approx(BASELINE))


@pytest.mark.parametrize(
    'changes, error, message',
    [
        (
            {'infos': (camera_info(0.0), camera_info(0.0))},
            DataError,
            r'no stereo pair and no depth: P\[3\] is 0 on .*right/camera_info.* With an RGB-D camera, .*align_depth',
        ),
        (
            {'infos': (camera_info(0.0), camera_info(TX, width=640))},
            DataError,
            'no left camera for /stereo/right/camera_info',
        ),
        (
            {'views': lambda index: (wall()[0], wall()[1][:96])},
            DataError,
            'of 320x192, /stereo/right/image_rect of 320x96',
        ),
        (
            {'views': lambda index: [image[:96] for image in wall()]},
            CalibrationError,
            '/stereo/right/camera_info: camera_info is for 320x192 pixels, the image has 320x96',
        ),
        ({'encode': lambda image, stamp: raw(image, 0)}, DataError, 'have no stamps'),
        (
            {
                'infos': [camera_info(tx, d=[0.1], model='fov') for tx in (0.0, TX)],
                'left': '/left/image',
                'right': '/right/image',
            },
            CalibrationError,
            "distortion model 'fov' is not known",
        ),
    ],
)
def test_recordings_without_usable_pairs_are_refused_with_the_reason(tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        scenes(write_bag(tmp_path / 'drive', recording(**changes)))


def test_a_recording_without_camera_info_is_refused(tmp_path):
    messages = [message for message in recording() if 'camera_info' not in message[0]]
    with pytest.raises(DataError, match=f'no image topic has a camera_info; the topics are {LEFT}, {RIGHT}'):
        scenes(write_bag(tmp_path / 'drive', messages))


def test_a_damaged_image_affects_only_its_pair(tmp_path):
    def cut_short(image, stamp):
        message = compressed(image, stamp, '.jpg')
        if stamp == START:
            message.data = message.data[:500]
        return message

    messages = recording(left=LEFT + '/compressed', right=RIGHT + '/compressed', encode=cut_short)
    (scene,) = scenes(write_bag(tmp_path / 'drive', messages))
    with pytest.raises(DataError, match=f'drive: {LEFT}/compressed at {START} ns: .*cut short'):
        scene.read(0)
    assert scene.read(1)[0].shape == (HEIGHT, WIDTH)


def without_its_middle(message):
    """Remove 400 bytes from a compressed image, as a lost packet does: OpenCV still decodes it."""
    middle = len(message.data) // 2
    message.data = np.delete(message.data, np.s_[middle : middle + 400])
    return message


@pytest.mark.parametrize('plugin', StoragePlugin)
@pytest.mark.parametrize('damaged, refused', [(1, False), (3, True)])
def test_a_few_frames_of_a_recording_without_checksums_may_be_damaged(tmp_path, plugin, damaged, refused):
    """The bytes alone do not show damage, but a decoder that fills in missing data reports it."""
    broken = {START + index * PERIOD for index in range(5, 5 + damaged)}

    def encode(image, stamp):
        message = compressed(image, stamp, '.jpg')
        return without_its_middle(message) if stamp in broken else message

    messages = recording(40, left=LEFT + '/compressed', right=RIGHT + '/compressed', encode=encode)
    (scene,) = scenes(write_bag(tmp_path / 'drive', messages, plugin))
    report = inspect_scene(scene)
    assert len(report.unreadable) == damaged and report.read == 40
    assert 'damaged, so that a part of it would be made up (Corrupt JPEG data' in report.unreadable[0]
    if refused:
        with pytest.raises(DataError, match='3 of 40 frames cannot be read, more than 5%'):
            refuse_unreadable([report])
    else:
        refuse_unreadable([report])


@pytest.mark.parametrize('damaged, refused', [(1, False), (6, True)])
def test_a_few_messages_may_be_impossible_to_decode(tmp_path, damaged, refused):
    """For example a string longer than its message, in left and right images in turn; all others are intact."""
    write_bag(tmp_path / 'drive', recording(40))
    (file,) = (tmp_path / 'drive').glob('*.mcap')
    content, place = bytearray(file.read_bytes()), 0
    for _ in range(damaged):
        place = content.index(b'mono8\0', place) + 1  # the length of the encoding's name precedes it
        content[place - 5 : place - 1] = b'\xff' * 4
    file.write_bytes(content)
    if refused:
        with pytest.raises(DataError, match=f'3 of 40 messages on {LEFT} cannot be decoded, more than 5%'):
            scenes(tmp_path / 'drive', (LEFT, RIGHT))
    else:
        (scene,) = scenes(tmp_path / 'drive')
        assert len(scene) == 39 and f'1 of 40 messages on {LEFT} cannot be decoded' in scene.notes[0]


@pytest.mark.parametrize('zoomed, refused', [(1, False), (3, True)])
def test_a_calibration_that_changes_in_a_recording_is_refused(tmp_path, zoomed, refused):
    """Depth would be wrong by the ratio of the focal lengths, in each frame with the other calibration."""
    other = camera_info(0.0, k=2 * MATRIX, p=projection(matrix=2 * MATRIX))

    def messages():
        changed = 0
        for topic, received, message in recording(40):
            if topic == parent(LEFT) + '/camera_info' and changed < zoomed:
                changed, message = changed + 1, other
            yield topic, received, message

    path = write_bag(tmp_path / 'drive', messages())
    if refused:
        with pytest.raises(DataError, match='3 of 40 messages on /stereo/left/camera_info differ from the others'):
            scenes(path)
    else:
        assert scenes(path)[0].rig.camera.fx == FOCAL


@pytest.mark.parametrize('plugin, name', [(StoragePlugin.MCAP, 'drive.mcap'), (StoragePlugin.SQLITE3, 'drive.db3')])
def test_a_truncated_recording_is_named(tmp_path, plugin, name):
    file = write_bag(tmp_path / 'drive', recording(), plugin) / name
    file.write_bytes(file.read_bytes()[:20_000])
    with pytest.raises(DataError, match='drive: .*(reindex|recover)'):
        scenes(tmp_path / 'drive')


def test_an_mcap_file_without_index_is_refused(tmp_path):
    file = write_bag(tmp_path / 'drive', recording()) / 'drive.mcap'
    data = file.read_bytes()
    file.write_bytes(data[:-28] + bytes(20) + data[-8:])
    with pytest.raises(DataError, match='drive.mcap: has no index'):
        scenes(tmp_path / 'drive')


@pytest.mark.parametrize(
    'start, plugin', [('fork', StoragePlugin.MCAP), ('fork', StoragePlugin.SQLITE3), ('spawn', StoragePlugin.MCAP)]
)
def test_other_processes_read_at_the_same_time(tmp_path, start, plugin):
    """As the loader's processes do; a shared file position or database would mix up their reads.

    This runs in a fresh process, because this one may have threads of DDS or OpenVINO, which do not survive a fork.
    """
    folder = write_bag(tmp_path / 'drive', recording(8), plugin)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')) as fresh:
        assert fresh.submit(read_in_three_processes, folder, start).result() == [0, 0]


def read_in_three_processes(folder, start):
    (scene,) = scenes(folder)
    scene.read(0)  # so that a forked process inherits an open file
    context = multiprocessing.get_context(start)
    processes = [context.Process(target=check_reads, args=(scene,)) for _ in range(2)]
    for process in processes:
        process.start()
    check_reads(scene)
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def check_reads(scene):
    expected = [wall(index)[1] for index in range(len(scene))]
    for _ in range(30):
        for index in (5, 2, 7, 0):
            np.testing.assert_array_equal(scene.read(index)[1], expected[index])
