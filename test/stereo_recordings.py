# SPDX-License-Identifier: Apache-2.0
"""Small real recordings of a stereo rig that looks at a textured wall."""

from pathlib import Path

import cv2
import numpy as np
import yaml
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

WIDTH, HEIGHT, DISPARITY = 320, 192, 12
FOCAL, BASELINE = 250.0, 0.3
MATRIX = np.array([[FOCAL, 0, 160], [0, FOCAL, 96], [0, 0, 1]])

START, PERIOD = 1_700_000_000_123_456_789, 100_000_000  # ns
TX = -FOCAL * BASELINE
LEFT, RIGHT = '/stereo/left/image_rect', '/stereo/right/image_rect'

_TYPES = get_typestore(Stores.ROS2_JAZZY)
t = _TYPES.types

# The layout and rounding of KITTI's file; P_rect_0x[3] is -fx times the distance from camera 0.
KITTI_CALIBRATION = 'calib_time: 09-Jan-2012 13:57:47\ncorner_dist: 9.950000e-02\n' + ''.join(
    f'S_rect_0{camera}: 3.200000e+02 1.920000e+02\n'
    f'R_rect_0{camera}: 1 0 0 0 1 0 0 0 1\n'
    f'P_rect_0{camera}: 2.500000e+02 0.000000e+00 1.600000e+02 {tx:e} 0.000000e+00 2.500000e+02 9.600000e+01 '
    '0.000000e+00 0.000000e+00 0.000000e+00 1.000000e+00 0.000000e+00\n'
    for camera, tx in enumerate((0.0, -134.25, 15.0, -118.175))
)


def wall(seed=0):
    """Return the left and right view, DISPARITY pixels apart."""
    random = np.random.default_rng(seed)
    shape = (HEIGHT, WIDTH + DISPARITY)
    # Features of several sizes, because the smallest vanish when the image is resampled.
    layers = [
        cv2.resize(random.normal(size=(shape[0] // s, shape[1] // s)), shape[::-1], interpolation=cv2.INTER_CUBIC)
        for s in (2, 4, 8, 16)
    ]
    picture = cv2.normalize(sum(layers), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return picture[:, :WIDTH].copy(), picture[:, DISPARITY:].copy()


def projection(tx=0.0, matrix=MATRIX):
    """Return P as twelve numbers, row by row."""
    return np.column_stack([matrix, [tx, 0, 0]]).ravel()


def write_calibration(path, tx=0.0, width=WIDTH, height=HEIGHT):
    path.write_text(
        yaml.safe_dump(
            {'image_width': width, 'image_height': height, 'projection_matrix': {'data': projection(tx).tolist()}}
        )
    )


def write_scene(folder, pairs, views=wall, baseline=BASELINE):
    """Write a scene folder; ``views`` returns the pair of a frame number."""
    for index in range(pairs):
        for side, image in zip(('left', 'right'), views(index)):
            (folder / side).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / side / f'{index:06d}.png'), image)
    write_calibration(folder / 'left.yaml')
    write_calibration(folder / 'right.yaml', -FOCAL * baseline)


def camera_info(tx, *, k=MATRIX, d=(), model='plumb_bob', r=None, p=None, width=WIDTH, height=HEIGHT):
    """Return a CameraInfo of the rosbags library."""
    return t['sensor_msgs/msg/CameraInfo'](
        header(0),
        height,
        width,
        model,
        np.array(d, np.float64),
        np.asarray(k, np.float64).ravel(),
        np.eye(3).ravel() if r is None else r.ravel(),
        projection(tx) if p is None else p,
        0,
        0,
        t['sensor_msgs/msg/RegionOfInterest'](0, 0, 0, 0, False),
    )


def header(stamp):
    return t['std_msgs/msg/Header'](t['builtin_interfaces/msg/Time'](stamp // 10**9, stamp % 10**9), 'camera')


def raw(image, stamp, encoding='mono8'):
    return t['sensor_msgs/msg/Image'](
        header(stamp), *image.shape[:2], encoding, 0, image.strides[0], image.view(np.uint8).ravel()
    )


def compressed(image, stamp, suffix='.png'):
    data = cv2.imencode(suffix, image)[1].ravel()
    return t['sensor_msgs/msg/CompressedImage'](header(stamp), suffix[1:], data)


def write_bag(folder: Path, messages, plugin=StoragePlugin.MCAP, compression=CompressionMode.NONE) -> Path:
    """Write (topic, time of reception, message) as a rosbag2 recording."""
    writer = Writer(folder, version=9, storage_plugin=plugin)
    if compression != CompressionMode.NONE:
        writer.set_compression(compression, CompressionFormat.ZSTD)
    with writer:
        connections = {}
        for topic, received, message in messages:
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, message.__msgtype__, typestore=_TYPES)
            data = _TYPES.serialize_cdr(message, message.__msgtype__)
            writer.write(connections[topic], received, data)
    return folder


def recording(count=3, *, left=LEFT, right=RIGHT, encode=raw, views=wall, infos=None, delay=0):
    """Return the messages of a stereo driver; the right image's stamp is ``delay`` ns later."""
    left_info, right_info = infos or (camera_info(0.0), camera_info(TX))
    for index in range(count):
        stamp = START + index * PERIOD
        images = views(index)
        yield f'{parent(left)}/camera_info', stamp + 1, left_info
        yield f'{parent(right)}/camera_info', stamp + 2, right_info
        yield left, stamp + 3_000_000, encode(images[0], stamp)
        yield right, stamp + 4_000_000, encode(images[1], stamp + delay)


def parent(topic):
    return topic.removesuffix('/compressed').removesuffix('/compressedDepth').rsplit('/', 1)[0]


def write_drive(drive, frames, cameras=(2, 3), suffix='.png'):
    for frame in frames:
        for camera, image in zip(cameras, wall(frame)):
            folder = drive / f'image_{camera:02}' / 'data'
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f'{frame:010}{suffix}'), image)
    (drive.parent / 'calib_cam_to_cam.txt').write_text(KITTI_CALIBRATION)
