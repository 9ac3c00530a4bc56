# SPDX-License-Identifier: Apache-2.0
"""Decodes images; Bayer patterns and YUV with cv_bridge, where it is installed and proven to work."""

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
from rclpy.impl.rcutils_logger import RcutilsLogger
from sensor_msgs.msg import Image

from optidepthnet_ros.messages.image import CONVERTED, image_from_message, row_bytes

_TOLERANCE = 2  # of 255: cv_bridge rounds 16-bit values after the conversion, not before it
_PATIENCE = 60.0  # seconds for the proof
_HEIGHT, _WIDTH = 12, 16


class ImageDecoder:
    """Turns messages into uint8 BGR or gray arrays, like :func:`image_from_message`.

    :param bridged: the encodings to decode with cv_bridge; other encodings, and padded rows, which it misreads, are not
    """

    def __init__(self, bridged: frozenset[str] = frozenset()):
        self._bridged = bridged
        if bridged:
            from cv_bridge import CvBridge

            self._bridge = CvBridge()

    def __call__(self, message: Image) -> np.ndarray:
        """Decode an image.

        :raises ImageError: as :func:`image_from_message`
        """
        if message.encoding in self._bridged and message.step == row_bytes(message.encoding, message.width):
            try:
                return self._bridge.imgmsg_to_cv2(message, 'bgr8')
            except Exception:  # of any type; our own decoder says what is wrong with a message
                pass
        return image_from_message(message)


def proven_encodings(log: RcutilsLogger) -> frozenset[str]:
    """Return the encodings for which cv_bridge gives the same result as our decoder.

    A cv_bridge that was built for another NumPy crashes instead of raising, so it is tried in another process.

    :param log: the node's logger, for the result
    """
    if find_spec('cv_bridge') is None:
        return frozenset()
    try:
        proof = subprocess.run([sys.executable, '-m', __name__], capture_output=True, text=True, timeout=_PATIENCE)
        proven, words = frozenset(proof.stdout.split()), proof.stderr.strip() or f'status {proof.returncode}'
    except (OSError, subprocess.TimeoutExpired) as error:
        proven, words = frozenset(), str(error)
    if proven:
        log.info(f'cv_bridge converts {", ".join(sorted(proven))}')
    else:
        log.warning(f'cv_bridge is installed but does not work, so OpenCV is used instead: {words.splitlines()[-1]}')
    return proven


def _prove() -> None:
    """Print the encodings for which both decoders give the same image."""
    from cv_bridge import CvBridge

    bridge = CvBridge()
    for encoding in CONVERTED:
        if all(_agree(bridge, encoding, is_bigendian) for is_bigendian in (0, 1)):
            print(encoding, flush=True)


def _agree(bridge: Any, encoding: str, is_bigendian: int) -> bool:
    step = row_bytes(encoding, _WIDTH)
    data = np.random.default_rng(0).integers(0, 256, 2 * _HEIGHT * step, np.uint8)  # room for the planes below as well
    message = Image(
        width=_WIDTH, height=_HEIGHT, step=step, encoding=encoding, is_bigendian=is_bigendian, data=data.tobytes()
    )
    try:
        theirs = bridge.imgmsg_to_cv2(message, 'bgr8')
    except Exception as error:  # of any type
        print(f'{encoding}: {error}', file=sys.stderr)
        return False
    ours = image_from_message(message)
    return (
        theirs.shape == ours.shape
        and theirs.dtype == np.uint8
        and bool(np.abs(theirs.astype(int) - ours).max() <= _TOLERANCE)
    )


if __name__ == '__main__':
    _prove()
