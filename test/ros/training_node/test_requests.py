"""What the training node's parameters ask for."""

from optidepthnet_ros.ros.training_node.parameters import Parameters
from optidepthnet_ros.ros.training_node.requests import job_of


def test_the_users_home_may_be_abbreviated_in_every_path(monkeypatch, tmp_path, checkpoint_file):
    monkeypatch.setenv('HOME', str(tmp_path))
    for name in ('drive', 'old'):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'file').touch()
    (tmp_path / 'model.safetensors').symlink_to(checkpoint_file)
    parameters = Parameters(recordings=('~/drive',), rehearsal=('~/old',), base='~/model.safetensors', place='indoors')
    job = job_of(parameters, tmp_path, None)
    assert (job.recordings, job.rehearsal) == ((str(tmp_path / 'drive'),), (str(tmp_path / 'old'),))
    assert job.base == str(tmp_path / 'model.safetensors')
