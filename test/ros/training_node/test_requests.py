# SPDX-License-Identifier: Apache-2.0
"""The requests that the training node's parameters describe."""

from dataclasses import replace

import pytest

from optidepthnet_ros.checkpoints.models import PLACES, shipped_models
from optidepthnet_ros.ros.training_node.parameters import Parameters
from optidepthnet_ros.ros.training_node.requests import folder_of, job_of


def test_the_users_home_may_be_abbreviated_in_every_path(monkeypatch, tmp_path, checkpoint_file):
    monkeypatch.setenv('HOME', str(tmp_path))
    for name in ('drive', 'old'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'file').touch()
    (tmp_path / 'model.safetensors').symlink_to(checkpoint_file)
    parameters = Parameters(recordings=('~/drive',), rehearsal=('~/old',), base='~/model.safetensors', place='indoors')
    parameters = replace(parameters, train_options=('--teacher', '~/teacher.onnx'))
    job = job_of(parameters, tmp_path, None)
    assert (job.recordings, job.rehearsal) == ((str(tmp_path / 'drive'),), (str(tmp_path / 'old'),))
    assert job.train_options == ('--teacher', str(tmp_path / 'teacher.onnx'))
    assert job.base == str(tmp_path / 'model.safetensors')


def test_the_place_must_be_given(tmp_path):
    with pytest.raises(ValueError, match="place is '', but must say where the recordings were made"):
        job_of(Parameters(), tmp_path, None)


@pytest.mark.parametrize('place', PLACES)
def test_without_a_base_the_model_shipped_for_the_place_is_fine_tuned(place, tmp_path):
    (tmp_path / 'recordings' / 'drive').mkdir(parents=True)
    job = job_of(Parameters(place=place), tmp_path, None)
    assert job.base == str(shipped_models()[PLACES[place]])
    assert ('--sky' in job.training(tmp_path, resume=False)) == (place == 'road')


@pytest.mark.parametrize(
    'named, reason',
    [
        ('', 'is empty'),
        ('/dev/null/x', 'Not a directory'),
        ('a' * 300, 'File name too long'),
        ('~nobody_such/x', 'there is no such user'),
    ],
)
def test_an_impossible_folder_is_refused_with_the_reason(named, reason):
    with pytest.raises(ValueError, match=f'{reason}.*: give '):
        folder_of(named)


def test_a_folder_is_created(tmp_path, monkeypatch):
    monkeypatch.setenv('HOME', str(tmp_path))
    assert folder_of('~/robot/models') == tmp_path / 'robot' / 'models'
    assert not any((tmp_path / 'robot' / 'models').iterdir())
