# SPDX-License-Identifier: Apache-2.0
"""Whatever an experiment imports from this repository exists; most need data or packages that tests do not have."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXPERIMENTS = sorted((ROOT / 'experiments').rglob('*.py'))


def names_in(module):
    """Return what a module defines or imports, and for a folder also the modules in it; nothing if there is none."""
    place = ROOT.joinpath(*module.split('.'))
    names = {path.stem for path in place.iterdir()} if place.is_dir() else set()
    source = place / '__init__.py' if place.is_dir() else place.with_suffix('.py')
    for node in ast.walk(ast.parse(source.read_text() if source.exists() else '')):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


@pytest.mark.parametrize('experiment', EXPERIMENTS, ids=[path.stem for path in EXPERIMENTS])
def test_imported_names_exist(experiment):
    for node in ast.walk(ast.parse(experiment.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.split('.')[0] in ('optidepthnet_ros', 'experiments'):
            missing = {alias.name for alias in node.names} - names_in(node.module)
            assert not missing, f'{node.module} has no {", ".join(missing)}'
