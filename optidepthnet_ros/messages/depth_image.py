# SPDX-License-Identifier: Apache-2.0
"""From depth messages, sensor_msgs/Image or the compressedDepth transport's CompressedImage, to metres.

Units and special values follow REP-117 and REP-118: 16UC1 holds millimetres, where 0 is unknown; 32FC1 holds metres,
where NaN is unknown, +inf too far and -inf too near.
"""

import struct

import numpy as np

from optidepthnet_ros.files.image_file import decode_as_stored
from optidepthnet_ros.files.image_header import MAX_PIXELS, encoded_size
from optidepthnet_ros.messages.compressed_image import CompressedImage
from optidepthnet_ros.messages.image import Image, ImageError
from optidepthnet_ros.messages.image_size import check_size

ENCODINGS = {'16UC1': 2, '32FC1': 4}  # bytes of a value
COMPRESSED_DEPTH = 'compressedDepth'

_HEADER = struct.Struct('<i2f')  # compressed_depth_image_transport: kind of compression, and two parameters
_SIZE = struct.Struct('<2i')  # width and height, before values compressed as RVL


def depth_from_message(message: Image) -> np.ndarray:
    """Decode a depth image.

    :return: float32 (H, W) metres, NaN where unknown, too far or too near
    :raises ImageError: another encoding, or size, step and data contradict each other
    """
    if message.encoding not in ENCODINGS:
        raise ImageError(f"encoding '{message.encoding}' is not for depth: publish one of {', '.join(ENCODINGS)}")
    width = ENCODINGS[message.encoding]
    row, needed = width * message.width, message.step * message.height
    if not needed or message.step < row or len(message.data) < needed:
        raise ImageError(
            f'a {message.width}x{message.height} {message.encoding} image with a step of {message.step} bytes cannot '
            f'have {len(message.data)} bytes of data: the message was cut short or its size is wrong'
        )
    rows = np.frombuffer(message.data, np.uint8, needed).reshape(message.height, message.step)[:, :row]
    order = '>' if message.is_bigendian else '<'
    kind = 'u' if message.encoding == '16UC1' else 'f'
    return _metres(np.ascontiguousarray(rows).view(f'{order}{kind}{width}'))


def depth_from_compressed(message: CompressedImage) -> np.ndarray:
    """Decode image_transport's compressedDepth, of either encoding, compressed as PNG or RVL.

    :return: as :func:`depth_from_message`
    :raises ImageError: not compressed depth, or damaged
    """
    data = bytes(message.data)
    if len(data) <= _HEADER.size:
        raise ImageError(f"compressed depth of format '{message.format}' has {len(data)} bytes: it was cut short")
    _, scale, offset = _HEADER.unpack_from(data)
    stored = _stored(message.format, data[_HEADER.size :])
    if not message.format.startswith('32FC1'):
        return _metres(stored)
    # Such values are linear in inverse depth.
    with np.errstate(divide='ignore'):
        return _metres(np.where(stored > 0, scale / (stored - np.float32(offset)), np.float32(np.nan)))


def _stored(form: str, data: bytes) -> np.ndarray:
    if form.rstrip().lower().endswith('rvl'):
        return _decode_rvl(form, data)
    try:
        check_size(*encoded_size(data), MAX_PIXELS)
        stored = decode_as_stored(data)
    except ValueError as error:
        raise ImageError(f"compressed depth of format '{form}': {error}; publish PNG or RVL") from None
    if stored.dtype != np.uint16 or stored.ndim != 2:
        raise ImageError(f"compressed depth of format '{form}' holds {stored.dtype} {stored.shape}, not 16-bit depth")
    return stored


def _decode_rvl(form: str, data: bytes) -> np.ndarray:
    """Decode runs of zeros and of differences, in variable-length integers of 3 bits (A. Wilson, ISS 2017)."""
    width, height = _SIZE.unpack_from(data) if len(data) >= _SIZE.size else (0, 0)
    pixels = width * height
    if not (width > 0 and height > 0 and pixels <= MAX_PIXELS):
        raise ImageError(f"compressed depth of format '{form}' has a size of {width}x{height}: it is damaged")
    integers = _variable_length_integers(data[_SIZE.size :])
    differences = np.zeros(pixels, np.int64)
    known = np.zeros(pixels, bool)
    at = pixel = 0
    while pixel < pixels and at + 1 < len(integers):
        pixel, count = pixel + int(integers[at]), int(integers[at + 1])
        coded = integers[at + 2 : at + 2 + count]
        if len(coded) < count or pixel + count > pixels:
            break
        differences[pixel : pixel + count] = (coded >> 1) ^ -(coded & 1)
        known[pixel : pixel + count] = True
        pixel, at = pixel + count, at + 2 + count
    if pixel != pixels:
        raise ImageError(f"compressed depth of format '{form}' ends early or is damaged")
    return np.where(known, np.cumsum(differences), 0).astype(np.uint16).reshape(height, width)


def _variable_length_integers(data: bytes) -> np.ndarray:
    """Return the integers as int64: each half byte has 3 bits, lowest first, and a bit that says if more follow."""
    words = np.frombuffer(data, '<u4', len(data) // 4)
    halves = (words[:, np.newaxis] >> np.arange(28, -1, -4, dtype=np.uint32) & 15).ravel().astype(np.int64)
    ends = np.flatnonzero(halves < 8)
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    halves = halves[: ends[-1] + 1] if len(ends) else halves[:0]
    place = np.arange(len(halves)) - np.repeat(starts, ends - starts + 1)
    return np.add.reduceat((halves & 7) << np.minimum(3 * place, 60), starts) if len(ends) else halves


def _metres(values: np.ndarray) -> np.ndarray:
    """Return metres, NaN where there is no depth."""
    metres = values.astype(np.float32) / 1000 if values.dtype.kind == 'u' else values.astype(np.float32)
    return np.where(np.isfinite(metres) & (metres > 0), metres, np.float32(np.nan))
