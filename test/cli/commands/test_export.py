# SPDX-License-Identifier: Apache-2.0
"""Exported files run without this package, and contain what is needed to compute metres."""

import sys

import numpy as np
import pytest
import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, shipped_models
from optidepthnet_ros.cli import main
from optidepthnet_ros.geometry.canonical import CanonicalCamera


@pytest.fixture(scope='module')
def pixels():
    return np.random.default_rng(0).random((2, 3, 97, 161), np.float32)


def scales(path, pixels):
    """Return the finest and the half-size disparities of two images."""
    with torch.inference_mode():
        return [scale.numpy() for scale in Checkpoint.load(path).folded(torch.from_numpy(pixels))[:2]]


@pytest.mark.parametrize('name, stride', [('dvgg', 1), ('dlite0_fast', 2)])
def test_onnx_runtime_runs_the_onnx_file(tmp_path, pixels, name, stride):
    pytest.importorskip('onnx')
    onnxruntime = pytest.importorskip('onnxruntime')
    options = ['--format', 'onnx', '--output', str(tmp_path)]
    assert main(['export', name, *options]) == 0
    session = onnxruntime.InferenceSession(tmp_path / f'{name}.onnx', providers=['CPUExecutionProvider'])
    assert session.get_inputs()[0].shape == ['batch', 3, 'height', 'width']
    path = shipped_models()[name]
    expected = scales(path, pixels)[stride - 1]
    for count in (1, 2):
        (disparity,) = session.run(['disparity'], {'image': pixels[:count]})
        np.testing.assert_allclose(disparity, expected[:count], rtol=1e-4)
    check_metadata(session.get_modelmeta().custom_metadata_map, path, stride)


def test_openvino_runs_the_openvino_file(checkpoint_file, tmp_path, pixels):
    openvino = pytest.importorskip('openvino')
    assert main(['export', str(checkpoint_file), '--format', 'openvino', '--output', str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ['untrained.bin', 'untrained.xml']
    model = openvino.Core().read_model(tmp_path / 'untrained.xml')
    compiled = openvino.compile_model(model, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    expected = scales(checkpoint_file, pixels)[1]  # dnano ends at half size
    for count in (1, 2):
        np.testing.assert_allclose(compiled({'image': pixels[:count]})['disparity'], expected[:count], rtol=1e-4)
    check_metadata(model.get_rt_info(['optidepthnet']).value, checkpoint_file, 2)


def test_a_shipped_model_is_exported_by_its_name(tmp_path):
    assert main(['export', DEFAULT_MODEL, '--format', 'onnx', '--output', str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f'{DEFAULT_MODEL}.onnx']


def check_metadata(metadata, checkpoint_file, stride):
    checkpoint = Checkpoint.load(checkpoint_file)
    assert metadata['format'] == 'optidepthnet-export-2'
    rig = CanonicalCamera(*(float(metadata[name]) for name in ('canonical_focal', 'canonical_width', 'baseline')))
    assert rig == checkpoint.provenance.canonical
    assert metadata['input_colour'] == 'gray' and metadata['network'] == checkpoint.provenance.network
    assert metadata['licence'] == checkpoint.provenance.licence
    assert metadata['checkpoint_sha256'] == checkpoint.digest
    assert int(metadata['output_stride']) == stride


def test_a_missing_package_is_named_with_the_command_that_installs_it(checkpoint_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'onnx', None)
    assert main(['export', str(checkpoint_file), '--output', str(tmp_path / 'new')]) == 2
    assert 'onnx not installed: pip install onnx' in capsys.readouterr().err
    assert not (tmp_path / 'new').exists()
