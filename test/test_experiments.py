# SPDX-License-Identifier: Apache-2.0
"""Whatever an experiment imports from this repository exists; most need data or packages that tests do not have."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXPERIMENTS = sorted((ROOT / 'experiments').rglob('*.py'))


def defined(path):
    """Return the names at the top level of a module, and the modules beside it if it is a package."""
    names = {file.stem for file in path.parent.iterdir()} if path.name == '__init__.py' else set()
    for node in ast.walk(ast.parse(path.read_text())):
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
            place = ROOT.joinpath(*node.module.split('.'))
            if place.is_dir() and not (place / '__init__.py').exists():
                assert all((place / f'{alias.name}.py').exists() for alias in node.names), node.module
                continue
            missing = {alias.name for alias in node.names} - defined(
                place / '__init__.py' if place.is_dir() else place.with_suffix('.py')
            )
            assert not missing, f'{node.module} has no {", ".join(missing)}'
