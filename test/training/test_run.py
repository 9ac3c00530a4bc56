# SPDX-License-Identifier: Apache-2.0
"""Trainings as users run them: started, stopped, killed, resumed, spread over processes."""

import csv
import json
import re
import signal
from contextlib import ExitStack

import numpy as np
import pytest
import torch
from trainings import Training

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.cli import main
from optidepthnet_ros.geometry.canonical import GENERAL

pytestmark = pytest.mark.long

STEPS = 6
together = pytest.mark.xdist_group('taught')  # both tests share one training


@pytest.fixture(scope='module')
def data(tmp_path_factory, write_scene):
    """Two scenes of two rigs."""
    root = tmp_path_factory.mktemp('data')
    write_scene(root / 'one', 8, 0.2)
    write_scene(root / 'two', 4, 0.1)
    return root


@pytest.fixture(scope='module')
def start(data):
    """Return a function that starts a small and deterministic training."""

    def run(output, *options, **how):
        small = (
            *('--data', data, '--output', output, '--licence', 'test', '--recipe', 'stereo', '--network', 'dnano'),
            *('--norm', 'none', '--windows', '64x96', '64x71', '--steps', STEPS, '--batch-size', 2),
            *('--workers', 0, '--precision', '32-true'),
            *([] if '--minutes' in options else ['--validate-every', 3]),
        )
        return trainings.enter_context(Training(*small, *options, **how))

    with ExitStack() as trainings:
        yield run


TAUGHT = '--hold-out', 'two', '--log-every', 1


@pytest.fixture(scope='module')
def taught(start, checkpoint_file, tmp_path_factory):
    """Return the folder of a completed training with a teacher, with one scene held out."""
    output = tmp_path_factory.mktemp('taught')
    start(output, *TAUGHT, '--teacher', checkpoint_file).finish()
    return output


def weights(output, name='last'):
    return Checkpoint.load(output / f'{name}.safetensors').state


def losses(output):
    lines = [
        line
        for part in sorted((output / 'metrics').glob('version_*/metrics.csv'))
        for line in csv.DictReader(part.read_text().splitlines())
    ]
    return [float(line['loss']) for line in lines if line.get('loss')]


@together
def test_a_training_writes_checkpoints_with_their_training_data(taught):
    checkpoint = Checkpoint.load(taught / 'last.safetensors')
    provenance = checkpoint.provenance
    assert provenance.training_data == (
        '8 stereo pairs of 1 scenes: one; taught by dnano, which saw none: random weights'
    )
    assert provenance.canonical == GENERAL
    assert provenance.licence == 'Apache-2.0; then test'
    assert Checkpoint.load(taught / 'best.safetensors').provenance == provenance
    assert list((taught / 'tensorboard').glob('events*'))
    assert len(losses(taught)) == STEPS


def test_resuming_gives_the_weights_of_an_uninterrupted_run(start, checkpoint_file, tmp_path):
    """SIGTERM after the first validation, with all terms and batch statistics; all weights must be bit-identical."""
    options = '--hints', 1, '--occlusion', '--teacher', checkpoint_file, '--norm', 'batch'
    whole, parts = start(tmp_path / 'whole', *options), start(tmp_path / 'parts', *options)
    parts.wait_for(tmp_path / 'parts' / 'last.safetensors')
    parts.process.send_signal(signal.SIGTERM)
    assert 'repeat the command with --resume' in parts.finish(130)
    start(tmp_path / 'parts', *options, '--resume').finish()
    whole.finish()
    whole, parts = weights(tmp_path / 'whole'), weights(tmp_path / 'parts')
    assert whole.keys() == parts.keys() and all(np.array_equal(whole[name], parts[name]) for name in whole)
    assert len(list((tmp_path / 'parts' / 'metrics').glob('version_*/metrics.csv'))) == 2  # one for each start


def test_a_time_limit_ends_a_training_with_a_complete_schedule_and_progress(start, checkpoint_file, tmp_path):
    """With far fewer steps than allowed, the learning rate and the progress bar must still reach their ends."""
    options = ('--hold-out-tail', 0.25, '--minutes', 0.05, '--steps', 100000, '--schedule', 'cosine')
    output = tmp_path / 'output'
    start(tmp_path / 'run', *options, '--base', checkpoint_file, stdout=output).finish()
    shown = [int(share) for share in re.findall(r'training: +(\d+)%', output.read_text())]
    assert shown == sorted(shown) and shown[-1] == 100
    progress = json.loads((tmp_path / 'run' / 'progress.json').read_text())
    assert progress['share'] == 1 and 0 < progress['step'] < 1000 and progress['seconds_left'] == 0
    assert 0 < progress['best'] <= progress['metrics']['proxy_outliers']  # an earlier validation may be better
    assert progress['images_per_second'] > 0 and progress['metrics']['loss'] > 0
    provenance = Checkpoint.load(tmp_path / 'run' / 'last.safetensors').provenance
    assert provenance.parent == Checkpoint.load(checkpoint_file).digest
    assert provenance.training_data.endswith('then 9 stereo pairs of 2 scenes: one, two')
    assert (tmp_path / 'run' / 'preview.png').exists()


def test_with_a_tiny_learning_rate_the_base_is_unchanged(start, untrained_checkpoint, checkpoint_file, tmp_path):
    """Measuring the batch statistics again would change all of it."""
    errors = start(tmp_path / 'run', '--base', checkpoint_file, '--steps', 2, '--learning-rate', 1e-12).finish()
    assert errors == 'training dnano, 0.80 M parameters, on cpu\n'  # and no output of libraries
    tuned, image = Checkpoint.load(tmp_path / 'run' / 'last.safetensors'), torch.rand(1, 3, 96, 320)
    with torch.inference_mode():
        torch.testing.assert_close(tuned.folded(image)[0], untrained_checkpoint.folded(image)[0], rtol=1e-4, atol=0)


def test_a_killed_training_survives_a_full_disk_and_resumes_from_its_last_validation(start, tmp_path):
    """A limit on the size of files makes every write of a checkpoint fail, as a full disk does."""
    training = start(tmp_path / 'run', '--steps', 1000)
    files = [tmp_path / 'run' / name for name in ('last.safetensors', 'best.safetensors', 'training/last.ckpt')]
    for file in files:
        training.wait_for(file)
    training.process.kill()
    training.end()
    assert 'already has a training: continue it with --resume' in start(tmp_path / 'run').finish(2)

    before = [path.read_bytes() for path in files]
    status, errors = start(tmp_path / 'run', '--resume', program=('full_disk',)).end()
    assert status != 0 and 'File too large' in errors
    assert [path.read_bytes() for path in files] == before

    start(tmp_path / 'run', '--resume').finish()


def test_there_must_be_something_to_resume(start, tmp_path):
    errors = start(tmp_path / 'run', '--resume').finish(2)
    assert 'last.ckpt does not exist: train without --resume first' in errors


def test_dlite0_trains_at_odd_sizes_and_its_checkpoint_predicts(start, data, tmp_path):
    options = ('--network', 'dlite0', '--norm', 'batch', '--windows', '96x161', '--canonical-focal', 150, '--steps', 3)
    start(tmp_path / 'run', *options).finish()
    checkpoint = tmp_path / 'run' / 'last.safetensors'
    assert (
        main(
            [
                'predict',
                str(data / 'one' / 'left' / '000000.png'),
                '--camera',
                str(data / 'one' / 'left.yaml'),
                '--checkpoint',
                str(checkpoint),
                '--output',
                str(tmp_path / 'depth'),
                '--runtime',
                'torch',
            ]
        )
        == 0
    )
    depth = np.load(tmp_path / 'depth' / '000000.npy')
    assert depth.shape == (96, 320) and np.isfinite(depth).all()


@pytest.mark.parametrize(
    'options, message',
    [
        (
            ('--network', 'dlite0', '--encoder-weights', 'none.pth'),
            '--encoder-weights: none.pth is not a file: `pip install',
        ),
        (('--network', 'dlite0', '--separable-scope', 'text'), "separable_scope 'text' is from the paper's text"),
        (
            ('--base', '{checkpoint}', '--encoder-weights', 'any.pth'),
            '--base already has an encoder: give one of the two',
        ),
        (('--base', '{checkpoint}', '--teacher', '{checkpoint}'), '--teacher and --base are the same checkpoint'),
    ],
)
def test_unusable_initial_weights_and_teachers_are_refused(start, checkpoint_file, tmp_path, options, message):
    errors = start(tmp_path, *(option.format(checkpoint=checkpoint_file) for option in options)).finish(2)
    assert message in errors.splitlines()[-1]


def test_a_loss_that_is_not_finite_ends_the_training_and_names_the_files_of_the_batch(start, data, tmp_path):
    errors = start(tmp_path / 'run', '--learning-rate', 1e30).finish(2)
    line = errors.splitlines()[-1]
    assert 'the loss is nan at step' in line and str(data) in line and '.png' in line


@together
def test_two_processes_train_as_one_does_on_the_same_batch(start, taught, checkpoint_file, tmp_path):
    start(tmp_path / 'double', *TAUGHT, '--teacher', checkpoint_file, program=('forked_torchrun', 2)).finish()
    # Weight gradients are sums over other images, so in bfloat16 they differ by rounding (by 0.02 % of the loss on a
    # processor with AMX); if each process learned from its own images alone, losses would differ by 10 %.
    assert losses(tmp_path / 'double') == pytest.approx(losses(taught), rel=2e-3)
