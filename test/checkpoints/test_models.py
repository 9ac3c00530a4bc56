# SPDX-License-Identifier: Apache-2.0
"""A checkpoint is named by its path, or by the bare name of a shipped model."""

from pathlib import Path

import pytest

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, default_checkpoint, resolve_checkpoint, shipped_models


def test_each_shipped_model_is_found_by_its_name():
    models = shipped_models()
    assert models[DEFAULT_MODEL] == default_checkpoint()
    for name, path in models.items():
        assert path.is_file() and resolve_checkpoint(name) == path


def test_an_existing_file_wins_and_a_folder_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(DEFAULT_MODEL).mkdir()
    assert resolve_checkpoint(DEFAULT_MODEL) == default_checkpoint()
    Path(DEFAULT_MODEL).rmdir()
    Path(DEFAULT_MODEL).touch()
    assert resolve_checkpoint(DEFAULT_MODEL) == Path(DEFAULT_MODEL)


def test_a_tilde_stands_for_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv('HOME', str(tmp_path))
    (tmp_path / 'own.safetensors').touch()
    assert resolve_checkpoint('~/own.safetensors') == tmp_path / 'own.safetensors'


@pytest.mark.parametrize('named', ['dlite', f'{DEFAULT_MODEL}.safetensors', f'models/{DEFAULT_MODEL}', ''])
def test_an_unknown_name_is_refused_with_the_names_of_the_shipped_models(named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match='no such file, and no shipped model: .*one of .*' + DEFAULT_MODEL):
        resolve_checkpoint(named)


@pytest.mark.parametrize(
    'path, reason',
    [
        ('x' * 300, r'not a readable file \(File name too long\)'),
        ('~nobody.of.this.name/model.safetensors', 'there is no such user'),
    ],
)
def test_an_impossible_path_is_refused_with_the_reason(path, reason):
    with pytest.raises(ValueError, match=reason):
        resolve_checkpoint(path)
