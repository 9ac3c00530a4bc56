# SPDX-License-Identifier: Apache-2.0
"""The names of the networks; this module does not import torch."""

PAPER = ('vgg', 'resnet50', 'resnet152')
BEYOND = ('dlite0', 'dnano')  # not in the paper
NETWORKS = (*PAPER, *(f'd{name}' for name in PAPER), *BEYOND)
