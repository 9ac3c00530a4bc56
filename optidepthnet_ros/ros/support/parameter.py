# SPDX-License-Identifier: Apache-2.0
"""Declares the parameters of a node once, as a dataclass of their values.

It imports neither ROS nor torch: launch files read it. From such a class come the parameters that a node declares, the
files in config/, the tables in the documentation and the arguments of the launch files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, TypeVar

IMAGE_TRANSPORTS = ('raw', 'compressed')

T = TypeVar('T')
Value = bool | int | float | str | tuple[str, ...]


class Change(Enum):
    """When a new value takes effect, in words; empty: at once, or at the next request that reads it."""

    LIVE = ''
    CONFIGURE = 'Read by configure; cannot be changed while the node is configured.'
    READ_ONLY = 'Read once, at the start.'


@dataclass(frozen=True)
class Parameter:
    """What is known of one parameter; its type is that of its default.

    :param field: name of the field that holds its value
    :param description: meaning, unit and what its special values mean, in whole sentences
    :param limits: smallest and largest value of a number
    :param choices: of a text
    :param condition: what else holds, in whole sentences
    """

    name: str
    field: str
    default: Value
    description: str
    limits: tuple[float, float] | None
    choices: tuple[str, ...]
    condition: str
    change: Change

    @property
    def constraints(self) -> str:
        """Everything beside type and limits that a value must meet, and when it takes effect, in sentences."""
        choices = f'One of {", ".join(self.choices)}.' if self.choices else ''
        return ' '.join(text for text in (choices, self.condition, self.change.value) if text)

    @property
    def text(self) -> str:
        """Description, limits and constraints in sentences."""
        limits = f'Range {self.limits[0]:g} to {self.limits[1]:g}.' if self.limits else ''
        return ' '.join(text for text in (self.description, limits, self.constraints) if text)


def parameter(
    default: T,
    description: str,
    *,
    name: str = '',
    limits: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
    condition: str = '',
    change: Change = Change.LIVE,
) -> T:
    """Return the field of a parameter, see :class:`Parameter`.

    :param name: empty: as the field
    """
    return field(
        default=default,
        metadata={
            'name': name,
            'description': description,
            'limits': limits,
            'choices': choices,
            'condition': condition,
            'change': change,
        },
    )


def parameters_of(cls: type) -> tuple[Parameter, ...]:
    """Return the parameters that a dataclass declares, in its order."""
    return tuple(
        Parameter(
            **{**item.metadata, 'name': item.metadata['name'] or item.name, 'default': item.default}, field=item.name
        )
        for item in fields(cls)
    )


def check_choices(values: Any) -> None:
    """Check every text that has choices; the default is always possible.

    :param values: an instance of such a dataclass
    :raises ValueError: it names the parameter, its value and the choices
    """
    for known in parameters_of(type(values)):
        value = getattr(values, known.field)
        if known.choices and value not in (*known.choices, known.default):
            raise ValueError(f"{known.name} is '{value}', but must be one of {', '.join(known.choices)}")


def values_from(cls: type[T], given: Mapping[str, Any]) -> T:
    """Make an instance from values by the parameters' names, as ROS has them: lists, with '' for nothing.

    :raises ValueError: as the class
    """
    return cls(**{known.field: _tuple_of(given[known.name]) for known in parameters_of(cls)})


def _tuple_of(value: Any) -> Any:
    return tuple(item for item in value if item) if isinstance(value, list) else value


def ros_value(value: Value) -> bool | int | float | str | list[str]:
    """Return a value as ROS has it, where an empty list has no type: [''] stands for it."""
    return (list(value) or ['']) if isinstance(value, tuple) else value


def as_yaml(value: Value) -> str:
    """Return a value as YAML on one line, texts quoted: ROS takes a bare 1e-4 for a number, PyYAML does not."""
    if isinstance(value, tuple):
        return f'[{", ".join(as_yaml(item) for item in value or ("",))}]'
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)
