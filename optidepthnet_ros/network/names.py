# SPDX-License-Identifier: Apache-2.0
"""The names of the networks and the strides of their answers; to know them takes no torch."""

PAPER = ('vgg', 'resnet50', 'resnet152')
BEYOND = ('dlite0', 'dnano')  # not in the paper
NETWORKS = (*PAPER, *(f'd{name}' for name in PAPER), *BEYOND)
OUTPUT_STRIDES = (1, 2)


def check_output_stride(output_stride: int) -> None:
    """Check that networks can answer at this stride.

    :raises ValueError: it is none of ``OUTPUT_STRIDES``
    """
    if output_stride not in OUTPUT_STRIDES:
        raise ValueError(f'output_stride is {output_stride}, but must be one of {", ".join(map(str, OUTPUT_STRIDES))}')
