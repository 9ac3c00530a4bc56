# SPDX-License-Identifier: Apache-2.0
"""The arguments of a launch file, from the parameters of its node. Does not import launch, part of a full ROS 2."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from optidepthnet_ros.files.share import PACKAGE, share_path
from optidepthnet_ros.files.user_path import user_path
from optidepthnet_ros.ros.support.fast_dds import profile_to_set
from optidepthnet_ros.ros.support.parameter import Parameter, Value, as_yaml, parameters_of
from optidepthnet_ros.ros.support.similar_names import did_you_mean

Argument = dict[str, Any]  # the arguments of DeclareLaunchArgument

LOG_LEVELS = 'debug', 'info', 'warn', 'error', 'fatal'
_SWITCH = 'true', 'false'
_TYPES = {bool: 'true or false', int: 'an integer', float: 'a number', tuple: 'a list such as [a, b]'}
_SIMILAR = 0.85  # of 1, for names
_SIM_TIME = 'use_sim_time'  # every ROS node has it
_RESPAWN_AFTER = 2.0  # seconds


def argument(name: str, default: str, description: str, choices: Sequence[str] = ()) -> Argument:
    """Return an argument; its default may always be empty."""
    known: Argument = {'name': name, 'default_value': default, 'description': description}
    return known | ({'choices': list(choices)} if choices else {})


def switch(name: str, description: str, default: str = 'false') -> Argument:
    """Return an argument that is true or false."""
    return argument(name, default, description, _SWITCH)


def node_arguments(node: str, config: str) -> list[Argument]:
    """Return the arguments that every launch file of a node has.

    :param node: its name
    :param config: its parameter file, in config/
    """
    return [
        argument('namespace', '', 'Namespace of the node and its topics.'),
        argument('node_name', node, 'Name of the node.'),
        argument('params_file', '', f'Parameters of the node (YAML). Empty: config/{config} of this package.'),
        argument('log_level', 'info', 'Lowest severity that the node logs.', LOG_LEVELS),
        switch('respawn', f'Restart the node {_RESPAWN_AFTER:g} s after it has died.'),
    ]


def parameter_arguments(cls: type) -> list[Argument]:
    """Return an argument for each parameter; an empty argument leaves the parameter to params_file."""
    return [
        *(_argument(known.name, _type_of(known), known.choices, known.text) for known in parameters_of(cls)),
        _argument(_SIM_TIME, bool, (), 'Use the time from the topic /clock.'),
    ]


def shipped_file(*parts: str) -> str:
    """Return the path of a file in the package's share folder as text, as launch actions take it."""
    return str(share_path(*parts))


def node_keywords(executable: str, cls: type, config: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of launch_ros's Node for a node of this package, except its remappings.

    :param config: as of :func:`node_arguments`
    :param arguments: as of :func:`ros_arguments`
    :raises ValueError: as :func:`ros_arguments`
    """
    return {
        'package': PACKAGE,
        'executable': executable,
        'name': arguments['node_name'],
        'namespace': arguments['namespace'],
        'ros_arguments': ros_arguments(cls, config, arguments),
        'additional_env': profile_to_set(),
        'respawn': arguments['respawn'] == 'true',
        'respawn_delay': _RESPAWN_AFTER,
        'output': 'screen',
    }


def ros_arguments(cls: type, config: str, arguments: Mapping[str, str]) -> list[str]:
    """Return the ROS arguments of a node: its parameter file, the parameters that are given, and its log level.

    The parameters come after the file, because the last one wins. (Launch's own parameter files leave strings unquoted,
    and ROS reads some of them as numbers.)

    :param config: as of :func:`node_arguments`
    :param arguments: all arguments in launch, including those of this launch file and of others
    :raises ValueError: a value of the wrong type, a missing file, or a misspelt name, which launch itself ignores; the
        message names the argument, the value, and what was expected
    """
    logger = '.'.join([*filter(None, arguments['namespace'].split('/')), arguments['node_name']])
    return [
        *('--params-file', _params_file(arguments['params_file'], config)),
        *_given_parameters(cls, arguments),
        *('--log-level', f'{logger}:={arguments["log_level"]}'),
    ]


def _params_file(named: str, config: str) -> str:
    if not named:
        return str(share_path('config', config))
    path: Path = user_path(named)
    if not path.is_file():
        raise ValueError(f'params_file:={named}: no such file')
    return str(path)


def _given_parameters(cls: type, arguments: Mapping[str, str]) -> list[str]:
    types = {known.name: _type_of(known) for known in parameters_of(cls)} | {_SIM_TIME: bool}
    for name in arguments.keys() - types.keys():
        # A name that resembles no parameter may belong to another launch file.
        if hint := did_you_mean(name, types, _SIMILAR):
            raise ValueError(f'{name}:={arguments[name]}: no such argument, {hint}')
    given = {name: _value(name, arguments[name], kind) for name, kind in types.items() if arguments[name]}
    return [text for name, value in given.items() for text in ('-p', f'{name}:={as_yaml(value)}')]


def _argument(name: str, kind: type, choices: tuple[str, ...], text: str) -> Argument:
    choices = _SWITCH if kind is bool else choices
    return argument(name, '', f'{text} Default: the value in params_file.', ['', *choices] if choices else [])


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
