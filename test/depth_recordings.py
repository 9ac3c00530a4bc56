# SPDX-License-Identifier: Apache-2.0
"""Small real recordings of an RGB-D camera: boxes in front of a wall, whose depth edges are also image edges."""

import struct

import cv2
import numpy as np
from stereo_recordings import HEIGHT, PERIOD, START, WIDTH, camera_info, header, parent, raw, t, wall, write_calibration

WALL, BOXES = 4.0, (1.5, 2.0, 2.5)  # metres


def room(seed=0):
    """Return an image, uint8 (HEIGHT, WIDTH, 3), and its depth in metres, float32 (HEIGHT, WIDTH)."""
    random = np.random.default_rng(seed)
    image = cv2.cvtColor(wall(seed)[0] // 4, cv2.COLOR_GRAY2BGR)
    depth = np.full((HEIGHT, WIDTH), WALL, np.float32)
    for metres in sorted(BOXES, reverse=True):
        x, y = random.integers(10, WIDTH - 110), random.integers(10, HEIGHT - 90)
        box = np.s_[y : y + random.integers(50, 80), x : x + random.integers(60, 100)]
        image[box] = image[box] // 2 + random.integers(80, 190, 3).astype(np.uint8)
        depth[box] = metres
    return image, depth


def millimetres(depth):
    return np.nan_to_num(depth * 1000).round().astype(np.uint16)


def write_depth_yaml(path, metres_per_unit=0.001, source='rgb-d camera'):
    path.write_text(f'metres_per_unit: {metres_per_unit}\nsource: {source}\n')


def write_depth_scene(folder, frames, views=room, source='rgb-d camera'):
    """Write a scene folder; ``views`` returns the image and depth of a frame number."""
    for index in range(frames):
        image, depth = views(index)
        for name, picture in (('rgb', image), ('depth', millimetres(depth))):
            (folder / name).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / name / f'{index:06d}.png'), picture)
    write_calibration(folder / 'camera.yaml')
    write_depth_yaml(folder / 'depth.yaml', source=source)


COLOUR, DEPTH = '/camera/color/image_raw', '/camera/aligned_depth_to_color/image_raw'


def in_frame(message, frame):
    message.header.frame_id = frame
    return message


def rgbd_recording(count=3, *, colour=COLOUR, depth=DEPTH, encode=None, infos=None, frames=('optical', 'optical')):
    """Return the messages of an RGB-D camera, with the topic names of realsense2_camera.

    :param encode: returns a message from depth in metres and a stamp; None means 16UC1
    :param infos: camera_info messages of colour and depth
    """
    encode = encode or (lambda metres, stamp: raw(millimetres(metres), stamp, '16UC1'))
    infos = infos or (camera_info(0.0), camera_info(0.0))
    for index in range(count):
        stamp = START + index * PERIOD
        image, metres = room(index)
        for topic, info in zip((colour, depth), infos, strict=True):
            yield f'{parent(topic)}/camera_info', stamp + 1, info
        yield colour, stamp + 3_000_000, in_frame(raw(image, stamp, 'bgr8'), frames[0])
        yield depth, stamp + 4_000_000, in_frame(encode(metres, stamp), frames[1])


def compressed_depth(metres, stamp, kind='png', encoding='16UC1'):
    """Return what image_transport's compressedDepth publishes; RVL is encoded value by value."""
    quantised, parameters = millimetres(metres), (0.0, 0.0)
    if encoding == '32FC1':
        parameters = 100.0 * 101.0, 1 - 100.0 * 101.0 / 10.0  # as with depth_quantization 100 and depth_max 10
        quantised = np.where(np.isnan(metres), 0, parameters[0] / metres + parameters[1]).astype(np.uint16)
    body = cv2.imencode('.png', quantised)[1].tobytes() if kind == 'png' else _rvl(quantised)
    data = np.frombuffer(struct.pack('<i2f', 0, *parameters) + body, np.uint8)
    return t['sensor_msgs/msg/CompressedImage'](header(stamp), f'{encoding}; compressedDepth {kind}', data)


def _rvl(values):
    halves = []

    def code(value):
        while True:
            value, part = value >> 3, value & 7
            halves.append(part | (8 if value else 0))
            if not value:
                return

    flat, at, previous = values.ravel().astype(int).tolist(), 0, 0
    while at < len(flat):
        zeros = at
        while zeros < len(flat) and flat[zeros] == 0:
            zeros += 1
        known = zeros
        while known < len(flat) and flat[known] != 0:
            known += 1
        code(zeros - at)
        code(known - zeros)
        for value in flat[zeros:known]:
            difference, previous = value - previous, value
            code(2 * difference if difference >= 0 else -2 * difference - 1)
        at = known
    halves += [0] * (-len(halves) % 8)
    words = np.array(halves, np.uint32).reshape(-1, 8) << np.arange(28, -1, -4, dtype=np.uint32)
    return struct.pack('<2i', *values.shape[::-1]) + words.sum(axis=1).astype('<u4').tobytes()
