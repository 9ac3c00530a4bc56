# SPDX-License-Identifier: Apache-2.0
"""cv_bridge and OpenCV: cv_bridge is used where both agree, and the node survives one that does not start."""

from itertools import product

import numpy as np
import pytest
from rclpy.logging import get_logger
from sensor_msgs.msg import Image

from optidepthnet_ros.messages.image import ImageError, image_from_message, row_bytes
from optidepthnet_ros.ros.conversions.image_decoder import ImageDecoder, proven_encodings

HEIGHT, WIDTH = 48, 64


def message(encoding, padding=0, is_bigendian=0):
    step = row_bytes(encoding, WIDTH) + padding
    data = np.random.default_rng(1).bytes(2 * HEIGHT * step)
    return Image(height=HEIGHT, width=WIDTH, step=step, encoding=encoding, is_bigendian=is_bigendian, data=data)


@pytest.fixture(scope='module')
def proven():
    pytest.importorskip('cv_bridge', reason='cv_bridge is only part of a full ROS 2')
    return proven_encodings(get_logger('test')) or pytest.skip('the cv_bridge here does not work')


def test_cv_bridge_and_opencv_agree(proven):
    decode = ImageDecoder(proven)
    for encoding, padding, is_bigendian in product(sorted(proven), (0, 1, 2), (0, 1)):
        sent = message(encoding, padding, is_bigendian)
        bridged, ours = decode(sent), image_from_message(sent)
        assert bridged.dtype == np.uint8
        np.testing.assert_allclose(bridged, ours.astype(int), atol=2, err_msg=encoding)


def test_an_image_that_cv_bridge_cannot_decode_is_refused_with_our_message(proven):
    sent = message('bayer_rggb8')
    sent.data = sent.data[:100]
    with pytest.raises(ImageError, match='has 100 bytes of data, but needs'):
        ImageDecoder(proven)(sent)


@pytest.mark.parametrize('content', ['import os; os.abort()', 'CvBridge = dict'])
def test_a_cv_bridge_that_crashes_or_raises_is_not_used(tmp_path, monkeypatch, content):
    (tmp_path / 'cv_bridge.py').write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv('PYTHONPATH', str(tmp_path), prepend=':')
    assert proven_encodings(get_logger('test')) == frozenset()
