# SPDX-License-Identifier: Apache-2.0
"""The public API: importable from the package itself, loaded only when used, and typed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import optidepthnet_ros

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    'statement, unwanted',
    [
        ('import optidepthnet_ros', {'torch', 'numpy', 'cv2', 'rclpy'}),
        ('from optidepthnet_ros import Camera', {'torch', 'cv2', 'rclpy'}),
        ('from optidepthnet_ros import DepthEstimator', {'rclpy', 'lightning'}),
    ],
)
def test_an_import_loads_no_more_than_it_needs(statement, unwanted):
    script = f'import sys; {statement}; print(*sys.modules)'
    loaded = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, check=True).stdout.split()
    assert 'optidepthnet_ros' in loaded and not unwanted & set(loaded)


def test_an_image_becomes_depth(checkpoint_file):
    from optidepthnet_ros import Camera, DepthEstimate, DepthEstimator

    estimator = DepthEstimator.from_file(checkpoint_file)
    estimate = estimator.estimate(np.zeros((96, 128, 3), np.uint8), Camera(128, 96, 100, 100, 63.5, 47.5))
    assert isinstance(estimate, DepthEstimate) and estimate.depth.shape == (96, 128)


def test_public_names_are_listed_and_other_names_are_refused():
    assert set(optidepthnet_ros.__all__) <= set(dir(optidepthnet_ros))
    for name in optidepthnet_ros.__all__:
        assert getattr(optidepthnet_ros, name).__name__ == name
    with pytest.raises(AttributeError, match='Depth'):
        _ = optidepthnet_ros.Depth


def test_a_script_beside_the_clone_imports_the_package(tmp_path):
    """It does not import the clone's folder, which has the same name; see package_dir in setup.py."""
    (tmp_path / 'optidepthnet_ros').mkdir()
    script = 'import optidepthnet_ros; print(optidepthnet_ros.__file__)'
    found = subprocess.check_output([sys.executable, '-c', script], cwd=tmp_path, text=True)
    assert found.strip().endswith('__init__.py')


def test_an_installed_package_is_marked_as_typed(tmp_path):
    command = [sys.executable, 'setup.py', '--quiet', 'build_py', '--build-lib', str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert (tmp_path / 'optidepthnet_ros' / 'py.typed').is_file()
