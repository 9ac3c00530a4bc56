# SPDX-License-Identifier: Apache-2.0
"""Asks the driver whether there may be an NVIDIA GPU: to ask torch or ONNX Runtime, seconds of imports are needed."""

import ctypes

NO_DRIVER = 'there is no NVIDIA driver: install it for an NVIDIA GPU, or use another runtime'


def has_driver() -> bool:
    """Whether an NVIDIA driver is installed, as on all machines where CUDA can be used."""
    try:
        ctypes.CDLL('libcuda.so.1')
    except OSError:
        return False
    return True
