# SPDX-License-Identifier: Apache-2.0
"""Complete sets of training options by name: the single source for command lines, training node and pages.

Names are those of the options of ``optidepthnet train``; options on its command line override a recipe.
``optidepthnet train-packed`` takes the options of a recipe that it has, and ``sky_weight``, which only it has.
"""

import argparse
from typing import Any

from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.training.views import ROAD_WINDOWS, ROOM_WINDOWS, scaled_windows

# For the default model, dlite0_street: stereo matches and, where it was recorded or labelled by a teacher, depth.
STREET = {
    'network': 'dlite0',
    'norm': 'batch',
    'colour': 'gray',
    'windows': ROAD_WINDOWS,
    'canonical_focal': GENERAL.focal,
    'canonical_width': GENERAL.width,
    'baseline': GENERAL.baseline,
    'appearance': 0.0,
    'smoothness': 0.0,
    'consistency': 0.0,
    'proxy': 0.5,
    'hints': 0.0,
    'depth': 1.0,
    'sky': True,
    'sky_weight': 3.0,
    'zoom_probability': 1.0,
    'photometric_probability': 0.6,
    'blur_probability': 0.35,
    'depthmix_probability': 0.0,
    'steps': 1650,
    'batch_size': 32,
    'learning_rate': 1.2e-3,
    'encoder_rate': 1.0,
    'schedule': 'cosine',
    'decay': 1e-2,
    'averaging': 0.998,
    'frozen': 0.3,
}
# For dlite0_free: rooms and open ground, which need colour. There are few of them, so the encoder keeps most of what it
# knows from ImageNet. Each pixel covers a larger angle, with which rooms that were never seen come out better.
GENERAL_PLACES = STREET | {
    'windows': ROOM_WINDOWS,
    'canonical_focal': 160.0,
    'canonical_width': 480.0,
    'colour': 'rgb',
    'sky': False,
    'sky_weight': 1.0,
    'steps': 1700,
    'learning_rate': 1.5e-3,
    'encoder_rate': 0.1,
}
# Only pairs: the losses of the paper, with additions that make them learn faster.
STEREO = STREET | {
    'network': 'dvgg',
    'appearance': 1.0,
    'smoothness': 0.1,
    'consistency': 1.0,
    'proxy': 0.0,
    'sky': False,
    'photometric_probability': 0.5,
    'blur_probability': 0.0,
    'steps': 23500,
    'batch_size': 8,
    'learning_rate': 5e-4,
    'schedule': 'halving',
    'decay': 0.0,
}
# Without these additions; whole frames of KITTI at the width of the paper.
PAPER = STEREO | {
    'norm': 'none',
    'windows': ((153, 512),),
    'canonical_focal': 298.0,
    'canonical_width': 512.0,
    'baseline': 0.54,
    'depth': 0.0,
    'zoom_probability': 0.0,
    'learning_rate': 1e-4,
    'averaging': 0.0,
}
# From a base, on a robot: only recorded depth and stereo matching, which need few steps.
FINETUNE = STREET | {
    'proxy': 1.0,
    'sky': False,
    'sky_weight': 1.0,
    'photometric_probability': 0.5,
    'blur_probability': 0.0,
    'steps': 60,
    'batch_size': 4,
    'learning_rate': 3e-4,
    'decay': 0.0,
    'averaging': 0.99,
    'frozen': 1.0,
}
RECIPES: dict[str, dict[str, Any]] = {
    'street': STREET,
    'general': GENERAL_PLACES,
    'stereo': STEREO,
    'paper': PAPER,
    'finetune': FINETUNE,
}
PACKED = ('street', 'general', 'finetune')  # recipes without losses that compare views
DEFAULT = 'street'


def follow_recipe(args: argparse.Namespace, base_focal: float | None = None) -> None:
    """Set each option that a command has, and that was not given, to the value of ``args.recipe``.

    :param base_focal: canonical focal length of the base, pixels, to which windows are scaled; None without a base
    """
    recipe = RECIPES[args.recipe]
    values = recipe.copy()
    if base_focal is not None:
        values['windows'] = scaled_windows(recipe['windows'], base_focal / recipe['canonical_focal'])
    for name, value in values.items():
        if name in args and getattr(args, name) is None:
            setattr(args, name, value)


def described(name: str, recipes: tuple[str, ...] = tuple(RECIPES)) -> str:
    """Return the values of an option as text for help: the default, and the value of each recipe that differs."""
    first = _text(RECIPES[DEFAULT][name])
    others = {recipe: _text(RECIPES[recipe][name]) for recipe in recipes}
    return ', '.join(
        [f'default: {first}', *(f'{recipe}: {value}' for recipe, value in others.items() if value != first)]
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, tuple):
        return ' '.join(f'{height}x{width}' for height, width in value)
    return f'{value:g}' if isinstance(value, float) else str(value)
