# SPDX-License-Identifier: Apache-2.0
"""Options of both commands that train: `train` and `train-packed`."""

import argparse

from optidepthnet_ros.training.recipes import described
from optidepthnet_ros.training.views import SMALLEST_WINDOW

CANONICAL = {
    'canonical_focal': ('PIXELS', 'focal length to which every image is resized'),
    'canonical_width': (
        'PIXELS',
        'width of which disparities are fractions; a smaller one makes the nearest depth larger',
    ),
    'baseline': ('METRES', 'baseline that disparities refer to'),
}


def add_canonical(parser: argparse._ActionsContainer, recipes: tuple[str, ...]) -> None:
    """Declare the options of the canonical camera."""
    for name, (metavar, text) in CANONICAL.items():
        parser.add_argument(
            f'--{name.replace("_", "-")}',
            type=float,
            metavar=metavar,
            help=f'{text}; --base keeps its own; {described(name, recipes)}',
        )


def add_windows(parser: argparse._ActionsContainer, recipes: tuple[str, ...]) -> None:
    """Declare ``--windows``; each window is a pair of height and width, at least ``SMALLEST_WINDOW``."""
    parser.add_argument(
        '--windows',
        nargs='+',
        type=_shape,
        metavar='HEIGHTxWIDTH',
        help='sizes of the image windows to train on, one size per batch; the default is scaled to the canonical focal '
        f'length of --base; {described("windows", recipes)}',
    )


def add_encoder_rate(parser: argparse._ActionsContainer, recipes: tuple[str, ...]) -> None:
    """Declare ``--encoder-rate``."""
    parser.add_argument(
        '--encoder-rate',
        type=float,
        help='learning rate of the encoder as a share of --learning-rate; below 1, its initial weights change less; '
        f'{described("encoder_rate", recipes)}',
    )


def _shape(text: str) -> tuple[int, int]:
    height, _, width = text.partition('x')
    if not (height.isdigit() and width.isdigit() and min(int(height), int(width)) >= SMALLEST_WINDOW):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a window: give HEIGHTxWIDTH in pixels, such as 168x265, each {SMALLEST_WINDOW} or more"
        )
    return int(height), int(width)
