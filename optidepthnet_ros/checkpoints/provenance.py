"""What a user of weights must know beside them: the network, the rig and view they fit, their data and licence."""

import json
from dataclasses import MISSING, asdict, dataclass, fields

import numpy as np

from optidepthnet_ros.network import NETWORKS

COLOURS = ('gray', 'rgb')


@dataclass(frozen=True)
class Provenance:
    """The header of a checkpoint.

    :param network: name for ``build_network``, with its ``separable_scope`` and ``norm``
    :param input_height: pixels, of the image as the network was trained on it
    :param input_colour: ``'gray'`` (repeated on three channels) or ``'rgb'``
    :param baseline: metres; disparities are of a rig with this baseline
    :param horizontal_fov: smallest and largest angle in training, degrees; likewise ``vertical_fov``
    :param training_data: what it learned from
    :param licence: of the weights
    :param parent: SHA-256 of the checkpoint file that the training started from, empty where it began anew
    """

    network: str
    separable_scope: str
    norm: str
    input_height: int
    input_width: int
    input_colour: str
    baseline: float
    horizontal_fov: tuple[float, float]
    vertical_fov: tuple[float, float]
    training_data: str
    licence: str
    parent: str = ''

    def __post_init__(self):
        for name in ('horizontal_fov', 'vertical_fov'):
            object.__setattr__(self, name, tuple(float(angle) for angle in getattr(self, name)))
        checks = (
            (self.network in NETWORKS, 'network', f'one of {", ".join(NETWORKS)}'),
            (self.input_colour in COLOURS, 'input_colour', f'one of {", ".join(COLOURS)}'),
            (self.input_height >= 32 and self.input_width >= 32, 'input_height', 'at least 32, as input_width'),
            (np.isfinite(self.baseline) and self.baseline > 0, 'baseline', 'positive metres'),
            (_is_range(self.horizontal_fov), 'horizontal_fov', 'two rising angles in degrees'),
            (_is_range(self.vertical_fov), 'vertical_fov', 'two rising angles in degrees'),
            (bool(self.training_data), 'training_data', 'not empty'),
            (bool(self.licence), 'licence', 'not empty'),
        )
        for valid, name, expected in checks:
            if not valid:
                raise ValueError(f'{name} is {getattr(self, name)!r}, but must be {expected}')

    @classmethod
    def from_json(cls, text: str) -> 'Provenance':
        """Parse what :meth:`to_json` wrote.

        :raises ValueError: not JSON, or it lacks a value or has an impossible one; the message names it
        """
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError('the header is no JSON object')
        if missing := {item.name for item in fields(cls) if item.default is MISSING} - content.keys():
            raise ValueError(f'the header lacks {", ".join(sorted(missing))}')
        return cls(**{item.name: content[item.name] for item in fields(cls) if item.name in content})

    def to_json(self) -> str:
        """Return all values as one JSON object."""
        return json.dumps(asdict(self))


def _is_range(angles):
    return len(angles) == 2 and 0 < angles[0] <= angles[1] < 180
