# SPDX-License-Identifier: Apache-2.0
"""The declarations of the launch files. Without a full ROS 2, stand-ins that keep their arguments replace launch."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from experiments.pages.page import ROOT

_MODULES = 'launch', 'launch.actions', 'launch.conditions', 'launch.events', 'launch.event_handlers'
_MODULES += 'launch.substitutions', 'launch.launch_description_sources', 'launch.utilities'
_MODULES += 'launch_ros', 'launch_ros.actions', 'launch_ros.substitutions', 'launch_ros.events'


class _Kept:
    """Stands in for any class of launch, and keeps its arguments."""

    def __init__(self, *args: Any, **kwargs: Any):
        self.args, self.kwargs = args, kwargs


class _Module(ModuleType):
    __path__ = ()  # a package

    def __getattr__(self, name: str) -> type[_Kept]:
        if name.startswith('__'):
            raise AttributeError(name)
        kept = type(name, (_Kept,), {})
        setattr(self, name, kept)
        return kept


def declared_arguments(path: Path) -> list[dict[str, Any]]:
    """Return name, default_value, description and choices of each argument of a launch file, in its order."""
    with _stand_ins():
        spec = spec_from_file_location(path.name.replace('.', '_'), path)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        description = module.generate_launch_description()
    actions = description.args[0] if description.args else description.kwargs['initial_entities']
    return [
        dict(zip(('name',), action.args)) | action.kwargs
        for action in actions
        if type(action).__name__ == 'DeclareLaunchArgument'
    ]


def in_words(value: Any) -> str:
    """Return a default: a text, or the path that a substitution stands for."""
    if isinstance(value, (list, tuple)):
        return '/'.join(in_words(part) for part in value if in_words(part))
    if isinstance(value, _Kept):
        return '' if type(value).__name__ == 'FindPackageShare' else in_words(value.args)
    return str(value)


def launch_files() -> list[Path]:
    """Return all launch files of the package."""
    return sorted((ROOT / 'launch').glob('*.launch.py'))


@contextmanager
def _stand_ins() -> Iterator[None]:
    before = {name: sys.modules.get(name) for name in _MODULES}
    modules = {name: _Module(name) for name in _MODULES}
    for name, module in modules.items():
        parent, _, child = name.rpartition('.')
        if parent:
            setattr(modules[parent], child, module)
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
