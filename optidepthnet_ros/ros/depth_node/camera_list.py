# SPDX-License-Identifier: Apache-2.0
"""The list of cameras for which multi_camera.launch.py starts depth nodes. Imports neither ROS nor launch."""

from typing import Any

import yaml

from optidepthnet_ros.files.user_path import user_path
from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.ros.depth_node.launch_arguments import depth_arguments
from optidepthnet_ros.ros.support.similar_names import did_you_mean

FORM = 'cameras: [{name: front, image: /front/image_rect}, ...]'


def read_camera_list(named: str) -> list[dict[str, str]]:
    """Return the arguments of depth.launch.py for each camera; ``namespace`` is its name, unless namespace is given.

    :param named: a file in the form of ``FORM``
    :raises ValueError: no such file, the wrong form, a camera without a name or with the name of another one, or an
        argument that depth.launch.py does not have; the message names the file, the camera and what was expected
    """
    if not named:
        raise ValueError(f'cameras is empty: give a YAML file, {FORM}')
    try:
        content = read_yaml(user_path(named))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f'cameras:={named}: cannot be read ({reason})') from None
    entries = content.get('cameras') if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f'cameras:={named}: not a list of cameras: it must be {FORM}')
    known = {argument['name'] for argument in depth_arguments()}
    cameras = [
        _arguments_of(entry, f'cameras:={named}: camera {number}', known) for number, entry in enumerate(entries, 1)
    ]
    namespaces = [camera['namespace'] for camera in cameras]
    for namespace in namespaces:
        if namespaces.count(namespace) > 1:
            raise ValueError(f'cameras:={named}: two cameras are called {namespace}: their topics would be the same')
    return cameras


def _arguments_of(entry: dict[Any, Any], where: str, known: set[str]) -> dict[str, str]:
    entry = dict(entry)
    name = entry.pop('name', '')
    if not name or not isinstance(name, str):
        raise ValueError(f'{where} has no name: give it one, such as front')
    for argument in entry:
        if argument not in known:
            hint = did_you_mean(str(argument), known)
            raise ValueError(
                f"{where}, {name}: '{argument}' is not an argument of depth.launch.py" + (f', {hint}' if hint else '')
            )
    return {'namespace': name} | {argument: _text(value) for argument, value in entry.items()}


def _text(value: Any) -> str:
    """Return a value as it is written after := on the command line."""
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, default_flow_style=True).removesuffix('\n').removesuffix('\n...')
