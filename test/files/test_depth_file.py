# SPDX-License-Identifier: Apache-2.0
"""Depth files of all kinds, and the errors of invalid ones."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.depth_file import DepthFileError, read_depth_file

DEPTH = np.array([[1.5, 2.25, 300.0], [0.5, 20.0, 7.0]], np.float32)


def write_pfm(path, values, order='<', scale='-1.0'):
    path.write_bytes(
        f'Pf\n{values.shape[1]} {values.shape[0]}\n{scale}\n'.encode() + values[::-1].astype(f'{order}f4').tobytes()
    )


def test_numpy_arrays_of_any_number_type_are_read(tmp_path):
    for dtype in (np.float64, np.float16, np.uint16):
        np.save(tmp_path / 'a.npy', DEPTH.astype(dtype))
        depth = read_depth_file(tmp_path / 'a.npy')
        assert depth.dtype == np.float32
        np.testing.assert_array_equal(depth, DEPTH.astype(dtype))


def test_portable_float_maps_from_opencv_are_read(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.pfm'), DEPTH)
    np.testing.assert_array_equal(read_depth_file(tmp_path / 'a.pfm'), DEPTH)


def test_portable_float_maps_of_either_byte_order_and_any_scale_are_read(tmp_path):
    """In one of them, the first pixel's first byte is white space, which is not part of the header."""
    values = DEPTH.copy()
    values[-1, 0] = np.frombuffer(b'\x20\x20\x0a\x41', '<f4')[0]
    for order, scale in (('<', '-1'), ('>', '1.0'), ('<', '-0.0039')):
        write_pfm(tmp_path / 'a.pfm', values, order, scale)
        np.testing.assert_array_equal(read_depth_file(tmp_path / 'a.pfm'), values)


def test_pictures_hold_256ths_and_zero_is_unknown(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.array([[0, 256, 65535]], np.uint16))
    np.testing.assert_array_equal(read_depth_file(tmp_path / 'a.png'), np.array([[np.nan, 1, 65535 / 256]], np.float32))


@pytest.mark.parametrize(
    'name, content, message',
    [
        ('a.npy', b'no array', 'a.npy: not a readable .npy file'),
        ('a.npy', np.zeros((2, 3, 4)), r'a.npy: holds float64 \(2, 3, 4\)'),
        ('a.npy', np.zeros((2, 3), bool), r'a.npy: holds bool \(2, 3\)'),
        ('a.npy', np.array([[{}]]), 'a.npy: not a readable .npy file'),
        ('a.pfm', b'PF\n2 2\n-1\n', 'a.pfm: not a gray .pfm file'),
        ('a.pfm', b'Pf\n2 2\n-1\n123', 'a.pfm: has 3 bytes for 2x2 pixels, not 16'),
        ('a.png', b'no picture', 'a.png: not a readable image'),
        ('a.png', np.zeros((2, 2), np.uint8), r'a.png: a picture of uint8 \(2, 2\), but must be 16-bit gray'),
        ('a.txt', b'1.5', 'a.txt: not a depth file: known endings are .npy, .pfm, .png'),
    ],
)
def test_unusable_files_are_named(tmp_path, name, content, message):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif name.endswith('.npy'):
        np.save(path, content, allow_pickle=True)
    else:
        cv2.imwrite(str(path), content)
    with pytest.raises(DepthFileError, match=message):
        read_depth_file(path)


@pytest.mark.parametrize('name', ['none.npy', 'none.pfm', 'none.png'])
def test_missing_files_are_named(tmp_path, name):
    with pytest.raises(DepthFileError, match=name):
        read_depth_file(tmp_path / name)
