"""Complete sets of training options by name: one truth for the command line, the training node and the pages.

Names are those of the options of ``optidepthnet train``; what is given on its command line comes before a recipe.
"""

from typing import Any

from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.training.views import SHAPES

STEREO = {
    'network': 'dvgg',
    'norm': 'batch',
    'windows': SHAPES,
    'canonical_focal': GENERAL.focal,
    'canonical_width': GENERAL.width,
    'baseline': GENERAL.baseline,
    'appearance': 1.0,
    'smoothness': 0.1,
    'consistency': 1.0,
    'proxy': 0.0,
    'hints': 0.0,
    'depth': 1.0,
    'zoom_probability': 1.0,
    'photometric_probability': 0.5,
    'blur_probability': 0.0,
    'depthmix_probability': 0.0,
    'steps': 23500,
    'batch_size': 8,
    'learning_rate': 5e-4,
    'schedule': 'halving',
    'decay': 0.0,
    'averaging': 0.998,
}
# Without what makes it learn faster; whole frames of KITTI at the paper's width.
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
# From a base, on a robot: recorded depth and stereo matching alone, which need few steps.
FINETUNE = STEREO | {
    'appearance': 0.0,
    'smoothness': 0.0,
    'consistency': 0.0,
    'proxy': 1.0,
    'batch_size': 4,
    'learning_rate': 1e-3,
    'schedule': 'cosine',
    'averaging': 0.99,
}
RECIPES: dict[str, dict[str, Any]] = {'stereo': STEREO, 'paper': PAPER, 'finetune': FINETUNE}
DEFAULT = 'stereo'


def described(name: str) -> str:
    """Return the values of an option in words, for help: the default, and that of each recipe that differs."""
    first = _text(RECIPES[DEFAULT][name])
    others = {recipe: _text(options[name]) for recipe, options in RECIPES.items()}
    return ', '.join(
        [f'default: {first}', *(f'{recipe}: {value}' for recipe, value in others.items() if value != first)]
    )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ' '.join(f'{height}x{width}' for height, width in value)
    return f'{value:g}' if isinstance(value, float) else str(value)
