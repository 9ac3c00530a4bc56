# SPDX-License-Identifier: Apache-2.0
"""Lite-Mono-tiny (Zhang et al., CVPR 2023): Lite-Mono with fewer channels and blocks, see lite_mono.py."""

from pathlib import Path

from optidepthnet_ros.evaluation.speed.contestant import load_peer

lite_mono = load_peer(Path(__file__).parent, 'lite_mono')
SOURCE = lite_mono.SOURCE
PUBLISHED_PARAMETERS = 2.2e6, 'the paper: 2.2 M'
WIDTHS = (32, 64, 128)
DILATIONS = ((1, 2, 3), (1, 2, 3), (1, 2, 3, 2, 4, 6))


def build():
    """Return the network with random weights."""
    return lite_mono.LiteMono(WIDTHS, DILATIONS)
