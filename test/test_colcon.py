# SPDX-License-Identifier: Apache-2.0
"""The package as a ROS user gets it: this source tree, built, installed and tested with colcon."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('colcon_ros', reason='colcon is not installed for this Python')
pytestmark = [pytest.mark.long, pytest.mark.xdist_group('colcon')]  # one build for all tests

ROOT = Path(__file__).resolve().parents[1]
NAME = 'optidepthnet_ros'
NOT_SOURCES = shutil.ignore_patterns('.*', 'build', 'install', 'log', 'runs', '*_output', '*.egg-info', '__pycache__')


# With -m, so that no activated environment is needed.
COLCON = (sys.executable, '-m', 'colcon')


@pytest.fixture(scope='module')
def workspace(tmp_path_factory):
    """Return a workspace with the package in src/, built."""
    folder = tmp_path_factory.mktemp('workspace')
    shutil.copytree(ROOT, folder / 'src' / NAME, ignore=NOT_SOURCES)
    run(folder, *COLCON, 'build')
    return folder


def run(folder, *command):
    """Run a command in a folder, without another workspace or ROS; return its output."""
    environment = {
        name: value for name, value in os.environ.items() if not name.endswith(('PYTHONPATH', 'PREFIX_PATH'))
    }
    environment['PATH'] = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def sourced(workspace, command):
    """Run a shell command with the workspace sourced."""
    return run(workspace, 'sh', '-c', f'. install/setup.sh && {command}')


def test_it_is_a_ros_package_and_not_a_plain_python_package(workspace):
    assert run(workspace, *COLCON, 'list') == f'{NAME}\tsrc/{NAME}\t(ros.ament_python)\n'


def test_files_are_installed_where_ros_looks_for_them(workspace):
    prefix = workspace / 'install' / NAME
    assert (prefix / 'share/ament_index/resource_index/packages' / NAME).is_file()
    for folder in ('launch', 'config', 'models', 'demo'):
        installed, source = prefix / 'share' / NAME / folder, ROOT / folder
        assert files(installed) == files(source) and files(source)
    assert (prefix / 'share' / NAME / 'package.xml').read_text() == (ROOT / 'package.xml').read_text()
    executables = {'depth_node', 'training_node', 'camera_replay', 'optidepthnet'}
    assert executables <= {path.name for path in (prefix / 'lib' / NAME).iterdir() if os.access(path, os.X_OK)}


def files(folder):
    return {path.relative_to(folder) for path in folder.rglob('*') if path.is_file() and path.suffix != '.pyc'}


def test_an_executable_runs_with_the_installed_code_and_its_share_folder(workspace):
    assert 'predict' in sourced(workspace, f'install/{NAME}/lib/{NAME}/optidepthnet --help')
    found = sourced(
        workspace, f"python -c \"from {NAME}.files.share import share_path; print(share_path('config', 'depth.yaml'))\""
    )
    assert Path(found.strip()) == workspace / 'install' / NAME / 'share' / NAME / 'config' / 'depth.yaml'


def test_colcon_finds_and_runs_the_tests(workspace):
    run(workspace, *COLCON, 'test', '--return-code-on-test-failure', '--pytest-args', 'test/geometry')
    result = run(workspace, *COLCON, 'test-result', '--verbose')
    assert int(result.split('Summary: ')[1].split()[0]) > 10 and ' 0 errors, 0 failures, 0 skipped' in result
