# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet promote` and `rollback`: a better checkpoint is put in use, others are not, each with the reason."""

import json
import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from depth_recordings import rgbd_recording, room, write_depth_scene
from stereo_recordings import (
    BASELINE,
    DISPARITY,
    FOCAL,
    HEIGHT,
    WIDTH,
    recording,
    wall,
    write_bag,
    write_calibration,
    write_scene,
)

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.cli import main
from optidepthnet_ros.files.atomic import sha256

pytestmark = pytest.mark.long

HEAD = 'decoder.heads.2.conv.conv'


@pytest.fixture(scope='module')
def drive(tmp_path_factory):
    """Return a recording of ten views of walls, of which five are held out."""
    return write_bag(tmp_path_factory.mktemp('recordings') / 'drive', recording(10))


@pytest.fixture
def tune(untrained_checkpoint, checkpoint_file, tmp_path):
    """Return a function that makes a child checkpoint, which sees every image as a wall, nearer by a factor."""

    def make(nearer, parent=None, depth=FOCAL * BASELINE / DISPARITY):
        base, path = untrained_checkpoint, tmp_path / f'{nearer}.safetensors'
        share = nearer * base.provenance.canonical.unit / depth / 0.3
        state = dict(base.state)
        state[f'{HEAD}.weight'] = 0 * state[f'{HEAD}.weight']
        state[f'{HEAD}.bias'] = 0 * state[f'{HEAD}.bias'] + math.log(share / (1 - share))
        Checkpoint(replace(base.provenance, parent=parent or sha256(checkpoint_file)), state).save(path)
        return path

    return make


@pytest.fixture
def one_picture(tmp_path):
    """Return options that compare with the base on one picture only, to save time."""
    cv2.imwrite(str(tmp_path / 'picture.png'), room()[0])
    write_calibration(tmp_path / 'camera.yaml')
    return '--reference', tmp_path


@pytest.fixture
def promote(checkpoint_file, drive, tmp_path, capsys):
    """Return a function that runs the command and returns its status, standard output and standard error."""

    def run(candidate, *options):
        command = [
            'promote',
            candidate,
            '--base',
            checkpoint_file,
            '--data',
            drive,
            '--hold-out-tail',
            0.5,
            '--store',
            tmp_path / 'store',
            '--report',
            tmp_path / 'report.json',
            '--threads',
            1,
            *options,
        ]
        return main(list(map(str, command))), *capsys.readouterr()

    return run


def test_a_better_checkpoint_is_put_in_use_and_rolled_back(promote, tune, checkpoint_file, tmp_path, capsys):
    candidate = tune(1.1)
    status, printed, _ = promote(candidate)
    assert status == 0 and '5 held-out frames against stereo matching' in printed
    current = tmp_path / 'store' / 'current.safetensors'
    assert sha256(current) == sha256(candidate)
    report = json.loads((tmp_path / 'report.json').read_text())
    base, tuned = (system['metrics'] for system in report['systems'])
    assert tuned['abs_rel']['mean'] == pytest.approx(1 - 1 / 1.1, abs=0.01) and base['abs_rel']['mean'] > 0.4
    assert tuned['photometric']['mean'] < base['photometric']['mean']
    assert report['settings']['better'] and 'abs_rel 0.' in report['settings']['reason']
    assert report['settings']['reference_frames'] == 20 and report['settings']['change']['abs_rel'] > 0.1
    assert main(['rollback', str(tmp_path / 'store')]) == 0
    assert sha256(current) == sha256(checkpoint_file)
    assert main(['rollback', str(tmp_path / 'store')]) == 2
    assert 'it is the first of its line' in capsys.readouterr().err


def test_a_worse_checkpoint_is_put_in_use_only_with_force(promote, tune, one_picture, tmp_path):
    candidate = tune(0.2)
    status, printed, _ = promote(candidate, *one_picture)
    assert status == 1 and '): worse on 5 held-out frames' in printed
    assert not (tmp_path / 'store').exists()
    assert promote(candidate, '--force', *one_picture)[0] == 0
    assert sha256(tmp_path / 'store' / 'current.safetensors') == sha256(candidate)


def test_a_checkpoint_that_takes_the_sky_for_a_wall_is_not_better_outdoors(promote, tune, one_picture, tmp_path):
    def under_the_sky(number):
        views = wall(number)
        for view in views:
            view[:60] = 250
        return views

    base = tune(0.2)
    candidate = tune(1.1, parent=sha256(base))
    yard = write_bag(tmp_path / 'yard', recording(10, views=under_the_sky))
    options = '--base', base, '--data', yard, *one_picture
    status, printed, _ = promote(candidate, *options, '--sky')
    assert status == 1 and 'more of the sky is taken for something near: near_sky 0.0000 -> 0.' in printed
    assert promote(candidate, *options)[0] == 0  # without --sky it is a ceiling


def test_a_checkpoint_with_another_parent_is_refused(promote, tune):
    status, _, complaint = promote(tune(1.0, parent='f' * 64))
    assert status == 2 and 'was not trained from' in complaint and f"its parent is '{'f' * 64}'" in complaint


def test_without_a_second_view_the_depth_of_an_rgbd_camera_is_the_truth(promote, tune, one_picture, tmp_path):
    rgbd = write_bag(tmp_path / 'rgbd', rgbd_recording(10))
    candidate = tune(1.1, depth=float(np.median(room()[1])))
    status, printed, _ = promote(candidate, '--data', rgbd, *one_picture)
    assert status == 0 and '5 held-out frames against recorded depth' in printed
    report = json.loads((tmp_path / 'report.json').read_text())
    tuned = report['systems'][1]['metrics']
    truths = [room(number)[1] for number in range(5, 10)]
    expected = np.mean([np.abs(float(np.median(room()[1])) / 1.1 / truth - 1).mean() for truth in truths])
    assert tuned['abs_rel']['mean'] == pytest.approx(expected, abs=0.01)
    assert report['settings']['better'] and 'photometric' not in tuned
    status, printed, _ = promote(tune(0.2), '--data', rgbd, *one_picture)
    assert status == 1 and '): worse on 5 held-out frames' in printed


def test_pixels_without_known_depth_are_not_evaluated(promote, tune, one_picture, tmp_path):
    def half_known(number):
        depth = np.full((HEIGHT, WIDTH), np.nan, np.float32)
        if number < 11:
            depth[:, WIDTH // 2 :] = 4.0
        return room(number)[0], depth

    write_depth_scene(tmp_path / 'half', 12, half_known)
    status, printed, _ = promote(tune(1.0, depth=4.0), '--data', tmp_path / 'half', *one_picture)
    report = json.loads((tmp_path / 'report.json').read_text())
    assert status == 0 and '5 held-out frames' in printed  # six are held out, and one of them has no depth
    assert report['systems'][1]['metrics']['abs_rel']['mean'] == pytest.approx(0, abs=0.01)


def test_depth_beside_a_stereo_pair_takes_precedence_over_its_matches(promote, tune, one_picture, tmp_path):
    yard = tmp_path / 'yard'
    write_scene(yard, 10)
    (yard / 'left_depth').mkdir()
    for index in range(10):
        cv2.imwrite(str(yard / 'left_depth' / f'{index:06d}.png'), np.full((HEIGHT, WIDTH), 4000, np.uint16))
    (yard / 'left_depth.yaml').write_text('metres_per_unit: 0.001\nsource: rendered\n')
    promote(tune(1.0, depth=4.0), '--data', yard, *one_picture)
    report = json.loads((tmp_path / 'report.json').read_text())
    tuned = report['systems'][1]['metrics']
    assert tuned['abs_rel']['mean'] == pytest.approx(0, abs=0.01) and 'photometric' in tuned
