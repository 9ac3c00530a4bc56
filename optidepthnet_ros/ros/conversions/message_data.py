# SPDX-License-Identifier: Apache-2.0
"""Writes numpy arrays into a message's data without a copy.

Assigning bytes or an array to ``message.data`` costs a check of every element if checks are on, and a copy if they
are off. Writing through the buffer costs neither, and a message that is kept needs no new memory for the next frame.
"""

import math
from array import array
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike


class DataMessage(Protocol):
    """Any message with a uint8[] ``data``."""

    data: 'array[int]'


def writable_data(message: DataMessage, dtype: DTypeLike, shape: tuple[int, ...]) -> np.ndarray:
    """Return ``message.data`` as an array to write into; its memory is replaced only when the size changes."""
    size = np.dtype(dtype).itemsize * math.prod(shape)
    if len(message.data) != size:
        message.data = array('B', bytes(size))
    return np.frombuffer(message.data, dtype).reshape(shape)
