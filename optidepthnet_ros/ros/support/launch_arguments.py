"""The arguments of a launch file, from the parameters of its node. Imports no launch, which only a full ROS 2 has."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, cast

import yaml

from optidepthnet_ros.ros.support.parameter import Parameter, Value, as_yaml, parameters_of

_TYPES = {bool: 'true or false', int: 'an integer', float: 'a number', tuple: 'a list such as [a, b]'}
_SIMILAR = 0.85  # of 1, for names
_SIM_TIME = 'use_sim_time'  # every ROS node has it


def parameter_arguments(cls: type) -> list[dict[str, object]]:
    """Return what to call ``DeclareLaunchArgument`` with for each parameter; empty ones leave it to params_file."""
    return [
        *(_argument(known.name, _type_of(known), known.choices, known.text) for known in parameters_of(cls)),
        _argument(_SIM_TIME, bool, (), 'Take the time from the topic /clock.'),
    ]


def ros_arguments(cls: type, arguments: Mapping[str, str]) -> list[str]:
    """Return the ROS arguments that set those parameters whose arguments are given.

    They must come after ``--params-file``, since the last one wins. (Launch's own parameter files leave texts unquoted,
    and ROS takes some of them for numbers.)

    :param arguments: all that launch knows, those of other launch files and of this one's own among them
    :raises ValueError: a value of another type, or a slip of the pen, which launch ignores; the message names the
        argument, the value, and what was expected
    """
    types = {known.name: _type_of(known) for known in parameters_of(cls)} | {_SIM_TIME: bool}
    for name in arguments.keys() - types.keys():
        # Of names that resemble none nobody knows here whose they are.
        if similar := get_close_matches(name, types, n=1, cutoff=_SIMILAR):
            raise ValueError(f'{name}:={arguments[name]}: no such argument, did you mean {similar[0]}?')
    given = {name: _value(name, arguments[name], kind) for name, kind in types.items() if arguments[name]}
    return [text for name, value in given.items() for text in ('-p', f'{name}:={as_yaml(value)}')]


def _argument(name: str, kind: type, choices: tuple[str, ...], text: str) -> dict[str, Any]:
    if kind is bool:
        choices = 'true', 'false'
    argument: dict[str, Any] = {
        'name': name,
        'default_value': '',
        'description': f'{text} Default: what params_file says.',
    }
    return argument | ({'choices': ['', *choices]} if choices else {})


def _type_of(known: Parameter) -> type:
    return type(known.default)


def _value(name: str, text: str, kind: type) -> Value:
    if kind is str:
        return text
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = None
    if kind is float and type(value) is int:
        return float(value)
    if kind is tuple and isinstance(value, list):
        return tuple(str(item) for item in value)
    if type(value) is kind:
        return cast(Value, value)
    raise ValueError(f'{name}:={text}: must be {_TYPES[kind]}')
