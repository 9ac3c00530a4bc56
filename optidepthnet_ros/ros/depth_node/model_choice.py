# SPDX-License-Identifier: Apache-2.0
"""Which model the parameters ask for. Knows no ROS."""

from dataclasses import dataclass
from pathlib import Path

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, PLACES, PRELIMINARY, is_onnx, resolve_checkpoint


@dataclass(frozen=True)
class ModelChoice:
    """The parameters ``checkpoint`` and ``place``, of which one may be set.

    :param place: a place of the table, or empty
    :raises ValueError: both are set; the message says so
    """

    checkpoint: str
    place: str

    def __post_init__(self) -> None:
        if self.checkpoint and self.place:
            raise ValueError(
                f"checkpoint is '{self.checkpoint}' and place is '{self.place}', but only one of them may be set: "
                f'place selects a checkpoint, {PLACES[self.place]}'
            )

    @property
    def name(self) -> str:
        """The checkpoint that is meant: a file, or the name of a shipped model."""
        return self.checkpoint or PLACES.get(self.place, DEFAULT_MODEL)

    @property
    def is_relative(self) -> bool:
        """Whether it is an ONNX network, which knows no metres."""
        return is_onnx(self.name)

    @property
    def warning(self) -> str:
        """What to warn of: a preliminary model, or no choice where the default one is for one place; empty: nothing."""
        if self.name in PRELIMINARY:
            return f'{self.name} is preliminary: {PRELIMINARY[self.name]}; do not rely on it alone to drive'
        if self.checkpoint or self.place or DEFAULT_MODEL not in PLACES.values():
            return ''
        made_for = next(place for place, model in PLACES.items() if model == DEFAULT_MODEL)
        return (
            f'the default model, {DEFAULT_MODEL}, was made for this place: {made_for}; '
            f'set place to one of {", ".join(PLACES)}, or set checkpoint'
        )

    def resolve(self) -> Path:
        """Return the file.

        :raises ValueError: there is none; the message names the shipped models
        """
        return resolve_checkpoint(self.name)
