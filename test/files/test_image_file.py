# SPDX-License-Identifier: Apache-2.0
"""Reading and writing images: damaged files are refused by name, even if the decoder accepts them."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.decoder_warnings import damage_heard
from optidepthnet_ros.files.image_file import ImageFileError, decode_image, read_image, save_image


@pytest.fixture
def picture():
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    return cv2.GaussianBlur(noise, (5, 5), 0)


def encoded(picture, suffix):
    return cv2.imencode(suffix, picture)[1].tobytes()


@pytest.mark.parametrize('suffix', ['.png', '.bmp', '.tif', '.ppm'])
def test_pixels_are_read_back_unchanged(picture, suffix, tmp_path):
    path = tmp_path / f'image{suffix}'
    save_image(path, picture)
    np.testing.assert_array_equal(read_image(path), picture)
    assert read_image(path, gray=True).shape == (48, 64)


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp', '.tif', '.ppm', '.webp'])
@pytest.mark.parametrize('kept', [0.0, 0.2, 0.9, 0.999])
def test_a_truncated_file_is_refused_by_name(picture, suffix, kept, tmp_path):
    data = encoded(picture, suffix)
    path = tmp_path / f'image{suffix}'
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(ImageFileError, match=f'image{suffix}: '):
        read_image(path)


def test_a_truncated_jpeg_is_refused_even_with_an_intact_preview(picture):
    """An embedded preview is a JPEG with its own end marker, in front of the main picture."""
    preview = encoded(picture[::4, ::4].copy(), '.jpg')
    data = encoded(picture, '.jpg')
    segment = b'\xff\xe1' + (len(preview) + 2).to_bytes(2, 'big') + preview
    whole = data[:2] + segment + data[2:]
    np.testing.assert_array_equal(decode_image(whole), decode_image(data))
    with pytest.raises(ImageFileError, match='cut short'):
        decode_image(whole[:-500])


def test_padding_after_a_jpeg_does_no_harm(picture):
    data = encoded(picture, '.jpg')
    np.testing.assert_array_equal(decode_image(data + bytes(100)), decode_image(data))


@pytest.mark.parametrize('extraneous, is_damage', [(2, False), (40, True)])
def test_a_few_bytes_before_the_end_of_a_jpeg_are_padding_and_many_are_damage(picture, extraneous, is_damage, capfd):
    data = encoded(picture, '.jpg')
    padded = data[:-2] + bytes(extraneous) + data[-2:]
    os.write(2, b'before\n')
    if is_damage:
        with pytest.raises(ImageFileError, match=f'damaged, .*{extraneous} extraneous bytes.*copy or record it again'):
            decode_image(padded)
    else:
        np.testing.assert_array_equal(decode_image(padded), decode_image(data))
    os.write(2, b'after\n')
    assert capfd.readouterr().err == 'before\nafter\n'


def test_other_output_while_an_image_is_decoded_is_not_lost(capfd):
    def decode():
        os.write(2, b'a log line\n')
        os.write(2, b'Premature end of JPEG file\n')
        return 3

    assert damage_heard(decode) == (3, 'Premature end of JPEG file')
    assert capfd.readouterr().err == 'a log line\n'


def test_a_process_without_standard_error_decodes(picture, tmp_path):
    path = tmp_path / 'image.jpg'
    save_image(path, picture)
    script = (
        'import os; os.close(2)\n'
        'from pathlib import Path\n'
        'from optidepthnet_ros.files.image_file import read_image\n'
        f'print(read_image(Path({str(path)!r})).shape)'
    )
    result = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert result.stdout == '(48, 64, 3)\n'


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImageFileError, match='none.png: cannot be read .No such file'):
        read_image(tmp_path / 'none.png')


def test_a_full_disk_is_reported(picture, tmp_path):
    path = tmp_path / 'image.png'
    path.symlink_to('/dev/full')
    with pytest.raises(OSError, match='No space left'):
        save_image(path, picture)
