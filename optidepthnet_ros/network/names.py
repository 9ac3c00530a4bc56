# SPDX-License-Identifier: Apache-2.0
"""The names of the networks and their output strides; this module does not import torch."""

PAPER = ('vgg', 'resnet50', 'resnet152')
BEYOND = ('dlite0', 'dnano')  # not in the paper
NETWORKS = (*PAPER, *(f'd{name}' for name in PAPER), *BEYOND)
OUTPUT_STRIDES = (1, 2)


def check_output_stride(output_stride: int) -> None:
    """Check that networks have this output stride.

    :raises ValueError: it is not in ``OUTPUT_STRIDES``
    """
    if output_stride not in OUTPUT_STRIDES:
        raise ValueError(f'output_stride is {output_stride}, but must be one of {", ".join(map(str, OUTPUT_STRIDES))}')
