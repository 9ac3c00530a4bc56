# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.messages.compressed_image import image_from_compressed
from optidepthnet_ros.messages.depth_image import depth_from_compressed
from optidepthnet_ros.messages.image import ENCODINGS, ImageError, image_from_message
from optidepthnet_ros.ros.depth_node.frame_camera import FrameCameras

HEIGHT, WIDTH = 12, 16
# The result must not depend on the speed of the machine.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def bgr():
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def message(pixels, encoding, padding=0, is_bigendian=0):
    rows = pixels.reshape(pixels.shape[0], -1).view(np.uint8)
    padded = np.pad(rows, ((0, 0), (0, padding)), constant_values=123)
    return Image(
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        step=padded.shape[1],
        is_bigendian=is_bigendian,
        data=padded.tobytes(),
    )


@pytest.mark.parametrize('padding', [0, 1, 7])
@pytest.mark.parametrize(
    'encoding, channels',
    [('bgr8', (0, 1, 2)), ('8UC3', (0, 1, 2)), ('rgb8', (2, 1, 0)), ('bgra8', (0, 1, 2, 0)), ('rgba8', (2, 1, 0, 0))],
)
def test_colour_channels_are_put_in_order(bgr, encoding, channels, padding):
    decoded = image_from_message(message(bgr[..., channels].copy(), encoding, padding))
    np.testing.assert_array_equal(decoded, bgr)


@pytest.mark.parametrize('padding', [0, 3])
@pytest.mark.parametrize('encoding', ['mono8', '8UC1'])
def test_gray_stays_gray(bgr, encoding, padding):
    gray = bgr[..., 0].copy()
    np.testing.assert_array_equal(image_from_message(message(gray, encoding, padding)), gray)


@pytest.mark.parametrize('is_bigendian, dtype', [(0, '<u2'), (1, '>u2')])
@pytest.mark.parametrize('padding', [0, 5])
def test_sixteen_bit_gray_keeps_its_upper_byte(is_bigendian, dtype, padding):
    values = (np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) * 300).astype(dtype)
    decoded = image_from_message(message(values, 'mono16', padding, is_bigendian))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, values // 256)


@pytest.mark.parametrize(
    'encoding, channels',
    [('bgr16', (0, 1, 2)), ('rgb16', (2, 1, 0)), ('bgra16', (0, 1, 2, 0)), ('rgba16', (2, 1, 0, 0))],
)
def test_sixteen_bit_colour_keeps_its_upper_bytes_in_order(bgr, encoding, channels):
    values = np.ascontiguousarray(bgr[..., channels].astype('>u2') * 256 + 77, '>u2')
    np.testing.assert_array_equal(image_from_message(message(values, encoding, 3, is_bigendian=1)), bgr)


@pytest.mark.parametrize('encoding, order', [('nv12', 'uv'), ('nv21', 'vu')])
@pytest.mark.parametrize('padding', [0, 5])
def test_half_height_chroma_planes_give_the_colour_of_a_uniform_surface(encoding, order, padding):
    value = {'u': 90, 'v': 240}  # with luma 81: video-range red
    rows = np.full((HEIGHT * 3 // 2, WIDTH), 81, np.uint8)
    rows[HEIGHT:] = np.tile([value[name] for name in order], (HEIGHT // 2, WIDTH // 2))
    sent = message(rows, encoding, padding)
    sent.height = HEIGHT
    np.testing.assert_allclose(image_from_message(sent), np.full((HEIGHT, WIDTH, 3), [0, 0, 255]), atol=3)


@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
@pytest.mark.parametrize('bits', [8, 16])
def test_bayer_gives_the_colour_of_a_uniform_surface(pattern, bits):
    colour = {'b': 40, 'g': 120, 'r': 200}
    cell = np.array([colour[name] for name in pattern], np.uint8).reshape(2, 2)
    mosaic = np.tile(cell, (HEIGHT // 2, WIDTH // 2))
    if bits == 16:
        mosaic = mosaic.astype('<u2') << 8
    decoded = image_from_message(message(mosaic, f'bayer_{pattern}{bits}'))
    np.testing.assert_array_equal(decoded, np.full((HEIGHT, WIDTH, 3), list(colour.values())))


@pytest.mark.parametrize('encoding, luma', [('yuv422', 1), ('uyvy', 1), ('yuv422_yuy2', 0), ('yuyv', 0)])
def test_yuv422_gives_the_colour_of_a_uniform_surface(encoding, luma):
    blue, green, red = 40, 120, 200
    y, u, v = (int(value) for value in cv2.cvtColor(np.uint8([[[blue, green, red]]]), cv2.COLOR_BGR2YUV)[0, 0])
    # BT.601 with video range, as cameras send it; OpenCV's YUV above has full range.
    y = round(16 + 219 * y / 255)
    u, v = (round(128 + (c - 128) * s) for c, s in ((u, 112 / 127.5 * 0.564 / 0.492), (v, 112 / 127.5 * 0.713 / 0.877)))
    pair = np.array([[u, y, v, y] if luma else [y, u, y, v]], np.uint8)
    decoded = image_from_message(message(np.tile(pair, (HEIGHT, WIDTH // 2)).reshape(HEIGHT, WIDTH, 2), encoding))
    np.testing.assert_allclose(decoded, np.broadcast_to([blue, green, red], decoded.shape), atol=4)


def test_bgr8_is_not_copied(bgr):
    sent = message(bgr, 'bgr8')
    assert np.shares_memory(image_from_message(sent), np.frombuffer(sent.data, np.uint8))


@pytest.mark.parametrize(
    'changes, expected',
    [
        ({'encoding': '32FC1'}, "'32FC1' is not supported: publish one of bgr8"),
        ({'encoding': ''}, "'' is not supported"),
        ({'width': 0}, '0x12 bgr8 image has no pixels'),
        ({'height': 0}, '16x0 bgr8 image has no pixels'),
        ({'step': 47}, 'a step of 47 bytes, but a row needs 48'),
        ({'step': 0}, 'a step of 0 bytes'),
        ({'step': 49}, 'has 576 bytes of data, but needs 588'),
        ({'data': b''}, 'has 0 bytes of data, but needs 576'),
        ({'height': 4_000_000_000, 'width': 1}, 'has 576 bytes of data'),
    ],
)
def test_the_error_names_what_cannot_be_decoded(bgr, changes, expected):
    sent = message(bgr, 'bgr8')
    for name, value in changes.items():
        setattr(sent, name, value)
    with pytest.raises(ImageError, match=expected):
        image_from_message(sent)


@pytest.mark.parametrize('encoding', ENCODINGS)
@pytest.mark.parametrize('width, height', [(1, 1), (2, 2), (3, 5), (5, 3)])
def test_odd_sizes_are_decoded_or_refused(encoding, width, height):
    data = np.zeros((height, width * 8), np.uint8)
    sent = Image(height=height, width=width, encoding=encoding, step=width * 8, data=data.tobytes())
    try:
        decoded = image_from_message(sent)
    except ImageError as error:
        assert encoding in str(error)  # noqa: PT017 (refused or decoded: both are right)
    else:
        assert decoded.shape[:2] == (height, width) and decoded.dtype == np.uint8


@patient
@given(
    encoding=st.sampled_from(ENCODINGS) | st.text(max_size=8),
    width=st.integers(0, 40) | st.just(2**32 - 1),
    height=st.integers(0, 40) | st.just(2**32 - 1),
    step=st.integers(0, 400) | st.just(2**32 - 1),
    is_bigendian=st.sampled_from((0, 1, 255)),
    data=st.binary(max_size=2000),
)
def test_any_image_is_decoded_to_its_size_or_refused(encoding, width, height, step, is_bigendian, data):
    sent = Image(width=width, height=height, encoding=encoding, step=step, is_bigendian=is_bigendian, data=data)
    try:
        decoded = image_from_message(sent)
    except ImageError:
        return
    assert decoded.dtype == np.uint8 and decoded.shape in ((height, width), (height, width, 3))


@patient
@given(data=st.binary(max_size=300), cut=st.integers(0, 200))
def test_any_compressed_image_is_decoded_or_refused(data, cut):
    picture = cv2.imencode('.png', np.arange(48, dtype=np.uint8).reshape(6, 8))[1].tobytes()
    for content in (data, picture[:cut] + data, picture[:cut] + data + picture[cut:]):
        try:
            decoded = image_from_compressed(CompressedImage(format='png', data=content))
        except ImageError:
            continue
        assert decoded.dtype == np.uint8 and decoded.ndim in (2, 3)


def test_compressed_images_are_decoded_to_the_original_pixels(bgr):
    for pixels in (bgr, bgr[..., 0]):
        for stored in (pixels, 256 * pixels.astype(np.uint16) + 255):
            sent = CompressedImage(format='png', data=cv2.imencode('.png', stored)[1].tobytes())
            np.testing.assert_array_equal(image_from_compressed(sent), pixels)


def test_a_damaged_jpeg_is_refused():
    picture = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8), (5, 5), 0)
    data = cv2.imencode('.jpg', picture)[1].tobytes()
    garbled = data[: len(data) // 2] + bytes(40) + data[len(data) // 2 + 40 :]
    with pytest.raises(ImageError, match='damaged, so that a part of it would be made up .Corrupt JPEG data'):
        image_from_compressed(CompressedImage(format='jpeg', data=garbled))


@patient
@given(
    values=st.lists(st.floats() | st.just(0.0), min_size=33, max_size=33),
    size=st.integers(0, 2**32 - 1),
    model=st.sampled_from(('', 'plumb_bob', 'rational_polynomial', 'equidistant', 'other')),
    coefficients=st.integers(0, 12),
    rectify=st.booleans(),
)
def test_any_calibration_gives_a_camera_or_is_refused(values, size, model, coefficients, rectify):
    info = CameraInfo(
        width=size,
        height=48,
        distortion_model=model,
        d=values[-coefficients:],
        k=values[:9],
        r=values[9:18],
        p=values[18:30],
    )
    try:
        frame = FrameCameras().of_frame(info, 64, 48, rectify)
    except CalibrationError:
        return
    assert (frame.camera.width, frame.camera.height) == (64, 48)
    assert 0 < frame.camera.fx < np.inf


def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded():
    """A 2.6 MB file expanded to 5.5 GB: this one has only a header, and decoding it would give another message."""
    data = b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR' + (30000).to_bytes(4, 'big') * 2 + bytes(5)
    with pytest.raises(ImageError, match='an image of 30000x30000 has more than 33177600 pixels: publish smaller ones'):
        image_from_compressed(CompressedImage(format='png', data=data))
    with pytest.raises(ImageError, match='compressedDepth png.: an image of 30000x30000 has more than 33177600 pixels'):
        depth_from_compressed(CompressedImage(format='16UC1; compressedDepth png', data=bytes(12) + data))
    bitmap = cv2.imencode('.bmp', np.zeros((4, 4), np.uint8))[1].tobytes()
    with pytest.raises(ImageError, match='neither JPEG nor PNG'):
        image_from_compressed(CompressedImage(format='bmp', data=bitmap))
