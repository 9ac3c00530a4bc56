"""`optidepthnet train` on recordings as they are found: a bag, and folders with damaged images."""

import os
import subprocess
import sys

import pytest
from stereo_recordings import recording, wall, write_bag, write_scene

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.cli import main


@pytest.fixture
def train(tmp_path):
    write_bag(tmp_path / 'drive', recording(4))
    write_scene(tmp_path / 'street', 20)

    def run(*options):
        command = [
            sys.executable,
            '-m',
            'optidepthnet_ros.cli',
            'train',
            '--data',
            tmp_path / 'drive',
            tmp_path / 'street',
            '--hold-out',
            'street',
            '--output',
            tmp_path / 'run',
            '--licence',
            'test',
            '--input-size',
            '128',
            '128',
            '--steps',
            '2',
            '--batch-size',
            '2',
            '--validate-every',
            '2',
            '--norm',
            'none',
            '--precision',
            '32-true',
            *options,
        ]
        return subprocess.run(
            list(map(str, command)),
            capture_output=True,
            text=True,
            timeout=1800,
            env={**os.environ, 'OMP_NUM_THREADS': '1'},
        )

    return run


def cut_short(path):
    path.write_bytes(path.read_bytes()[:1000])


def test_a_bag_teaches_and_a_damaged_image_is_skipped_and_named(train, tmp_path):
    damaged = tmp_path / 'street' / 'left' / '000004.png'
    cut_short(damaged)
    result = train()
    assert result.returncode == 0, result.stderr
    provenance = Checkpoint.load(tmp_path / 'run' / 'last.safetensors').provenance
    assert provenance.training_data == '4 stereo pairs of 1 scenes: drive'
    assert f'skipped a damaged pair: {damaged}: not a readable image' in result.stderr
    assert f'1 damaged pairs were skipped: {damaged}\n' in result.stderr


def test_much_damage_ends_the_training_in_one_line(train, tmp_path):
    for name in ('000004', '000005'):
        cut_short(tmp_path / 'street' / 'left' / f'{name}.png')
    result = train()
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith('optidepthnet train: 2 of 20 pairs are damaged, more than 5%')


def test_data_that_cannot_teach_is_refused_before_the_first_step(train, tmp_path):
    write_scene(tmp_path / 'street', 20, lambda index: wall(index)[::-1])
    result = train()
    assert result.returncode == 2
    assert 'street: left and right are swapped' in result.stderr.splitlines()[-1]
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize(
    'options, message',
    [
        ('--smoothness -0.1', '--smoothness is -0.1, but must be zero or positive'),
        ('--hints nan', '--hints is nan, but must be zero or positive'),
        ('--appearance 0', 'nothing to learn from: any flat disparity is smooth and consistent'),
        ('--proxy 1 --hints 1', '--proxy and --hints both follow stereo matching'),
        ('--hints 1 --sky', '--sky is for --proxy, whose weight is 0'),
        ('--appearance 0 --proxy 1 --occlusion', '--occlusion is for --appearance, whose weight is 0'),
        ('--teacher-weight 1', '--teacher-weight needs a --teacher'),
        (
            '--teacher some.safetensors --teacher-weight 0',
            '--teacher-weight is 0, so that the teacher would say nothing',
        ),
        ('--learning-rate 0', '--learning-rate is 0.0, but must be positive'),
        ('--validate-every 0', '--validate-every is 0, but must be at least 1'),
        ('--averaging 1', '--averaging is 1.0, but must be at least 0 and below 1'),
    ],
)
def test_options_that_make_no_sense_are_refused_before_the_data_is_read(options, message, capsys):
    assert main(['train', '--data', 'nowhere', '--output', 'nowhere', '--licence', 'test', *options.split()]) == 2
    assert capsys.readouterr().err.startswith(f'optidepthnet train: {message}')
