# SPDX-License-Identifier: Apache-2.0
"""Which model the parameters select. Does not depend on ROS."""

from dataclasses import dataclass
from pathlib import Path

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, PLACES, PRELIMINARY, is_onnx, resolve_checkpoint


@dataclass(frozen=True)
class ModelChoice:
    """The parameters ``checkpoint`` and ``place``, of which at most one may be set.

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
        """The selected checkpoint: a file, or the name of a shipped model."""
        return self.checkpoint or PLACES.get(self.place, DEFAULT_MODEL)

    @property
    def is_relative(self) -> bool:
        """Whether it is an ONNX network, whose depth is not metric."""
        return is_onnx(self.name)

    @property
    def warning(self) -> str:
        """Warning of a preliminary model, or of a default model that was made for one place; empty: none."""
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

        :raises ValueError: it does not exist; the message names the shipped models
        """
        return resolve_checkpoint(self.name)
