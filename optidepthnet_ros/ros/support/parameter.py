# SPDX-License-Identifier: Apache-2.0
"""Declares the parameters of a node once, as a dataclass of their values.

It imports neither ROS nor torch, because launch files read it. Such a class defines the parameters that a node
declares, the files in config/, the tables in the documentation and the arguments of the launch files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, TypeVar

IMAGE_TRANSPORTS = ('raw', 'compressed')

T = TypeVar('T')
Value = bool | int | float | str | tuple[str, ...]


class Change(Enum):
    """When a new value takes effect, as text; empty: immediately, or at the next request that reads it."""

    LIVE = ''
    CONFIGURE = 'Read by configure; cannot be changed while the node is configured.'
    READ_ONLY = 'Read once, at the start.'


@dataclass(frozen=True)
class Parameter:
    """The declaration of one parameter; its type is the type of its default.

    :param field: name of the field that holds its value
    :param description: meaning, unit and special values, in whole sentences
    :param limits: smallest and largest value of a number
    :param choices: possible values of a string
    :param condition: other constraints, in whole sentences
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
        """All constraints other than type and limits, and when a value takes effect, in sentences."""
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

    :param name: empty: the name of the field
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
    """Return the parameters that a dataclass declares, in order."""
    return tuple(
        Parameter(
            **{**item.metadata, 'name': item.metadata['name'] or item.name, 'default': item.default}, field=item.name
        )
        for item in fields(cls)
    )


def check_choices(values: Any) -> None:
    """Check every string that has choices; the default is always allowed.

    :param values: an instance of such a dataclass
    :raises ValueError: it names the parameter, its value and the choices
    """
    for known in parameters_of(type(values)):
        value = getattr(values, known.field)
        if known.choices and value not in (*known.choices, known.default):
            raise ValueError(f"{known.name} is '{value}', but must be one of {', '.join(known.choices)}")


def values_from(cls: type[T], given: Mapping[str, Any]) -> T:
    """Make an instance from ROS values by parameter name; in a list, '' stands for nothing.

    :raises ValueError: as the class
    """
    return cls(**{known.field: _tuple_of(given[known.name]) for known in parameters_of(cls)})


def _tuple_of(value: Any) -> Any:
    return tuple(item for item in value if item) if isinstance(value, list) else value


def ros_value(value: Value) -> bool | int | float | str | list[str]:
    """Return a value for ROS. An empty list has no type there, so [''] stands for it."""
    return (list(value) or ['']) if isinstance(value, tuple) else value


def as_yaml(value: Value) -> str:
    """Return a value as YAML on one line, strings quoted: ROS reads a bare 1e-4 as a number, PyYAML does not."""
    if isinstance(value, tuple):
        return f'[{", ".join(as_yaml(item) for item in value or ("",))}]'
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)
