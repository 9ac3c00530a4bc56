# SPDX-License-Identifier: Apache-2.0
"""The header of a checkpoint: the network, its canonical camera, its training data and licence."""

import json
from dataclasses import MISSING, asdict, dataclass, fields

from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.network.names import NETWORKS

COLOURS = ('gray', 'rgb')


@dataclass(frozen=True)
class Provenance:
    """The header of a checkpoint.

    :param network: name for ``build_network``, together with ``separable_scope`` and ``norm``
    :param input_colour: ``'gray'`` (repeated on three channels) or ``'rgb'``
    :param canonical_focal: pixels; every image is resized to this focal length, see :mod:`~..geometry.canonical`
    :param canonical_width: pixels; disparities are fractions of this width
    :param baseline: metres; disparities belong to a rig with this baseline
    :param training_data: the data that it was trained on
    :param licence: licence of the weights
    :param parent: SHA-256 of the checkpoint file that the training started from; empty for a fresh network
    """

    network: str
    separable_scope: str
    norm: str
    input_colour: str
    canonical_focal: float
    canonical_width: float
    baseline: float
    training_data: str
    licence: str
    parent: str = ''

    def __post_init__(self) -> None:
        checks = (
            (self.network in NETWORKS, 'network', f'one of {", ".join(NETWORKS)}'),
            (self.input_colour in COLOURS, 'input_colour', f'one of {", ".join(COLOURS)}'),
            (_is_number(self.canonical_focal, 10, 10_000), 'canonical_focal', '10 to 10000 pixels'),
            (_is_number(self.canonical_width, 10, 100_000), 'canonical_width', '10 to 100000 pixels'),
            (_is_number(self.baseline, 0.001, 100), 'baseline', '0.001 to 100 metres'),
            (_is_text(self.training_data) and bool(self.training_data), 'training_data', 'a non-empty text'),
            (_is_text(self.licence) and bool(self.licence), 'licence', 'a non-empty text'),
            (_is_text(self.parent), 'parent', 'a text'),
        )
        for valid, name, expected in checks:
            if not valid:
                raise ValueError(f'{name} is {getattr(self, name)!r}, but must be {expected}')

    @property
    def canonical(self) -> CanonicalCamera:
        """The canonical camera of the network."""
        return CanonicalCamera(self.canonical_focal, self.canonical_width, self.baseline)

    @classmethod
    def from_json(cls, text: str) -> 'Provenance':
        """Parse what :meth:`to_json` wrote.

        :raises ValueError: not JSON, or a value is missing or invalid; the message names it
        """
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError('the header is not a JSON object')
        if missing := {item.name for item in fields(cls) if item.default is MISSING} - content.keys():
            raise ValueError(f'the header lacks {", ".join(sorted(missing))}')
        return cls(**{item.name: content[item.name] for item in fields(cls) if item.name in content})

    def to_json(self) -> str:
        """Return all values as one JSON object."""
        return json.dumps(asdict(self))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object, least: float, most: float) -> bool:
    """Whether this is a JSON number (not a boolean) in this range."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
