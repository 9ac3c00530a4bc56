# SPDX-License-Identifier: Apache-2.0
"""package.xml as colcon reads it: an invalid one would silently make this a plain Python package."""

import ast
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

catkin_package = pytest.importorskip('catkin_pkg.package', reason='needs catkin_pkg, which colcon has')

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope='module')
def package():
    """Return package.xml, parsed and validated by the parser that colcon uses."""
    return catkin_package.parse_package(str(ROOT))


def test_is_valid_without_warnings(package):
    warnings = []
    package.validate(warnings=warnings)
    assert warnings == []


def test_is_format_3_and_builds_as_ament_python(package):
    assert ElementTree.parse(ROOT / 'package.xml').getroot().get('format') == '3'
    assert package.get_build_type() == 'ament_python'
    # rosdep knows no key for the build type, so naming it as a tool breaks `rosdep install`.
    assert 'ament_python' not in {dependency.name for dependency in package.buildtool_depends}


def test_agrees_with_setup_py(package):
    command = [sys.executable, 'setup.py', '--name', '--version', '--maintainer', '--maintainer-email', '--description']
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    (maintainer,) = package.maintainers
    assert lines == [package.name, package.version, maintainer.name, maintainer.email, package.description.rstrip('.')]


def test_depends_on_the_ros_packages_that_the_code_imports(package):
    depends = {dependency.name for dependency in package.exec_depends}
    assert _imported_ros_packages('optidepthnet_ros', 'launch') == {name for name in depends if _is_ros(name)}
    depends |= {dependency.name for dependency in package.test_depends}
    assert _imported_ros_packages('test') <= depends


def _imported_ros_packages(*folders):
    names = set()
    for folder in folders:
        for path in (ROOT / folder).rglob('*.py'):
            names |= _imported_packages(path)
    return {name for name in names if _is_ros(name)}


def _is_ros(name):
    return name in ('rclpy', 'launch', 'launch_ros') or name.endswith(('_msgs', '_srvs', '_interfaces'))


def _imported_packages(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split('.')[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split('.')[0])
    return names
