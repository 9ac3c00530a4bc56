# SPDX-License-Identifier: Apache-2.0
"""The size of an image is read without decoding it."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.image_header import encoded_size

IMAGE = np.zeros((30, 70, 3), np.uint8)


@pytest.mark.parametrize(
    'suffix, options', [('.png', ()), ('.jpg', ()), ('.jpg', (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)), ('.jpeg', ())]
)
def test_the_size_of_jpeg_and_png_is_read(suffix, options):
    data = cv2.imencode(suffix, IMAGE, options)[1].tobytes()
    assert encoded_size(data) == (70, 30)
    if suffix != '.png':
        preview = cv2.imencode('.jpg', IMAGE[:5, :7])[1].tobytes()
        segment = b'\xff\xff\xe1' + (2 + len(preview)).to_bytes(2, 'big') + preview
        assert encoded_size(data[:2] + segment + data[2:]) == (70, 30)
    for cut in (2, 8, 20):
        with pytest.raises(ValueError, match='neither JPEG nor PNG|has no size'):
            encoded_size(data[:cut])


@pytest.mark.parametrize('suffix', ['.bmp', '.tiff', '.webp', '.ppm'])
def test_other_formats_are_refused(suffix):
    with pytest.raises(ValueError, match='neither JPEG nor PNG'):
        encoded_size(cv2.imencode(suffix, IMAGE)[1].tobytes())
