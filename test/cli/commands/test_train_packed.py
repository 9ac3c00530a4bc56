# SPDX-License-Identifier: Apache-2.0
"""From recordings to a checkpoint, with the commands only."""

import cv2
import numpy as np
import pytest
import yaml
from stereo_recordings import wall, write_scene
from training.teachers.networks import write_network

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.licence import is_non_commercial
from optidepthnet_ros.cli import main
from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.training.packed.archive import INDEX, read_index, read_teachers
from optidepthnet_ros.training.teachers.teacher import TeacherRecord


@pytest.fixture(scope='module')
def packed(tmp_path_factory):
    """A stereo and a depth recording, packed."""
    folder = tmp_path_factory.mktemp('data')
    write_scene(folder / 'street', pairs=2)
    scene = folder / 'room'
    for part in ('rgb', 'depth'):
        (scene / part).mkdir(parents=True)
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    cv2.imwrite(str(scene / 'rgb' / '000000.png'), image)
    cv2.imwrite(str(scene / 'depth' / '000000.png'), np.full((120, 160), 2000, np.uint16))
    projection = [130.0, 0, 79.5, 0, 0, 130.0, 59.5, 0, 0, 0, 1, 0]
    calibration = {'image_width': 160, 'image_height': 120, 'projection_matrix': {'data': projection}}
    (scene / 'camera.yaml').write_text(yaml.safe_dump(calibration))
    (scene / 'depth.yaml').write_text('metres_per_unit: 0.001\nsource: rgb-d camera\n')
    for name in ('street', 'room'):
        assert main(['pack', str(folder / name), '--output', str(folder / f'{name}.packed')]) == 0
    return folder


def train(packed, output, *options, more=()):
    return main(
        [
            'train-packed',
            f'{packed}/street.packed:0.6',
            f'{packed}/room.packed:0.4',
            *more,
            '--output',
            str(output),
            '--minutes',
            '0.02',
            '--batch-size',
            '2',
            '--licence',
            'CC0',
            *options,
        ]
    )


def test_recordings_of_both_kinds_train_one_checkpoint(packed, tmp_path, capsys):
    assert train(packed, tmp_path, '--network', 'dnano', '--hold-out', 'room') == 0
    checkpoint = Checkpoint.load(tmp_path / 'last.safetensors')
    p = checkpoint.provenance
    assert (p.network, p.licence, p.training_data) == ('dnano', 'CC0', '2 packed samples of 1 scenes: street')
    assert 'held out, folder 2, measured: 1 frames, Abs Rel' in capsys.readouterr().out
    assert train(packed, tmp_path, '--network', 'dnano', '--resume') == 0
    assert train(packed, tmp_path, '--network', 'dnano') == 2
    assert 'holds a training: give a new folder, or --resume' in capsys.readouterr().err


def test_training_from_a_base_inherits_its_data_and_licence(packed, tmp_path, capsys):
    assert train(packed, tmp_path / 'first', '--network', 'dnano') == 0
    base = tmp_path / 'first' / 'last.safetensors'
    capsys.readouterr()
    assert train(packed, tmp_path / 'tuned', '--base', str(base), '--recipe', 'finetune', '--hold-out-tail', '0.5') == 0
    told = capsys.readouterr().out
    assert 'base, folder 1, matched: 1 frames, Abs Rel' in told and 'held out, folder 1, matched: 1 frames' in told
    tuned, kept = (Checkpoint.load(path) for path in (tmp_path / 'tuned' / 'last.safetensors', base))
    assert tuned.provenance.training_data.endswith('then 2 packed samples of 2 scenes: room, street')
    statistics = [name for name in kept.state if 'running' in name]
    assert statistics and all(np.array_equal(tuned.state[name], kept.state[name]) for name in statistics)
    assert train(packed, tmp_path / 'second', '--base', str(base), '--teacher', str(base)) == 0
    p = Checkpoint.load(tmp_path / 'second' / 'last.safetensors').provenance
    assert p.parent == Checkpoint.load(base).digest and p.licence == 'CC0'
    assert p.training_data.startswith('3 packed samples of 2 scenes: room, street; then 3 packed samples')
    assert p.training_data.endswith(f'; taught by last (SHA-256 {p.parent})')


def test_labels_of_a_teacher_pass_on_its_licence(packed, tmp_path, capsys):
    """From a recording and a teacher network to the header of the student's checkpoint."""
    teacher = write_network(packed / 'tiny.onnx', {'output': {'name': 'depth', 'kind': 'inverse depth', 'focal': 20}})
    again = ['pack', str(packed / 'room'), '--output', str(packed / 'room.taught'), '--teacher', str(teacher)]
    assert main(again) == 0
    told = capsys.readouterr().out
    assert f'teacher: Tiny (SHA-256 {sha256(teacher)}), licence CC BY-NC 4.0' in told
    assert 'What learns from this teacher is not for commercial use either' in told
    assert 'room: 1 frames; ' in told
    assert train(packed, tmp_path, '--network', 'dnano', more=[f'{packed}/room.taught']) == 0
    p = Checkpoint.load(tmp_path / 'last.safetensors').provenance
    assert p.licence == 'CC BY-NC 4.0; then CC0' and is_non_commercial(p.licence)
    assert p.training_data.endswith(f'street; taught by Tiny (SHA-256 {sha256(teacher)})')
    assert 'not for commercial use: their licence is CC BY-NC 4.0; then CC0' in capsys.readouterr().out


@pytest.mark.parametrize(
    'output, source, told',
    [
        ({'kind': 'inverse depth', 'focal': 'live'}, 'teacher', 'room: 1 frames; 1 labels of the teacher'),
        (
            {'kind': 'relative inverse depth'},
            'relative',
            '0 labels of the teacher; 1 relative labels (no known depth: 1)',
        ),
    ],
)
def test_a_teacher_labels_images_without_known_depth(packed, tmp_path, capsys, output, source, told):
    teacher = write_network(tmp_path / 'tiny.onnx', {'output': {'name': 'depth'} | output})
    images = ['pack', '--images', str(packed / 'room'), '--output', str(tmp_path / 'taught')]
    assert main(images) == 2
    assert 'room has no depth: give a --teacher that labels it' in capsys.readouterr().err
    assert main([*images, '--teacher', str(teacher)]) == 0
    assert told in capsys.readouterr().out
    (sample,) = read_index(tmp_path / 'taught')
    assert [label.source for label in sample.labels] == [source]
    assert train(packed, tmp_path / 'run', '--network', 'dnano', more=[f'{tmp_path}/taught']) == 0


def test_no_input_and_duplicate_scene_names_are_refused(packed, tmp_path, checkpoint_file, capsys):
    assert main(['pack', '--output', str(tmp_path / 'none')]) == 2
    assert 'nothing to pack: give a RECORDING, or --images and a --teacher' in capsys.readouterr().err
    room = str(packed / 'room')
    assert main(['pack', room, '--images', room, '--teacher', str(checkpoint_file), '--output', str(tmp_path)]) == 2
    assert "two scenes are called 'room'" in capsys.readouterr().err


def test_damaged_frames_are_left_out_and_too_many_are_refused(tmp_path, capsys):
    write_scene(tmp_path / 'street', pairs=20)
    pack = ['pack', str(tmp_path / 'street'), '--output']
    damaged = tmp_path / 'street' / 'left' / '000007.png'
    damaged.write_bytes(damaged.read_bytes()[:-1000])
    assert main([*pack, str(tmp_path / 'most')]) == 0
    assert f'street: 19 frames; 1 unreadable left out, such as {damaged}' in capsys.readouterr().out
    assert len(read_index(tmp_path / 'most')) == 19
    (tmp_path / 'street' / 'right' / '000008.png').write_text('no image')
    assert main([*pack, str(tmp_path / 'few')]) == 2
    assert '2 of 20 frames cannot be read, more than 5%' in capsys.readouterr().err
    assert not (tmp_path / 'few' / INDEX).exists()


def test_unusable_recordings_are_not_packed(packed, tmp_path, capsys):
    """For example a recording with left and right swapped."""
    write_scene(tmp_path / 'street', pairs=3, views=lambda number: wall(number)[::-1])
    assert main(['pack', str(packed / 'room'), str(tmp_path / 'street'), '--output', str(tmp_path / 'packed')]) == 2
    assert '1 of 2 scenes cannot be used for training: street: ' in capsys.readouterr().err


def test_a_checkpoint_can_be_a_teacher(packed, checkpoint_file, capsys):
    output = str(packed / 'room.checkpoint')
    assert main(['pack', str(packed / 'room'), '--output', output, '--teacher', str(checkpoint_file)]) == 0
    (record,) = read_teachers(packed / 'room.checkpoint')
    assert record == TeacherRecord('untrained', sha256(checkpoint_file), 'Apache-2.0')
    assert 'not for commercial use' not in capsys.readouterr().out


@pytest.mark.parametrize(
    'options, message',
    [
        (('--minutes', '0'), '--minutes is 0.0, but must be positive'),
        (('--hold-out', 'hall'), '--hold-out hall: no such scene'),
        (('--hold-out', 'room', '--hold-out-tail', '0.3'), '(the end of each) exclude each other'),
        (('--hold-out-tail', '1'), '--hold-out-tail is 1.0, but must be above 0 and below 0.8'),
        (('--resume',), '--resume: no file'),
        (('--teacher-weight', '-1'), '--teacher-weight is -1.0, but must be 0 or more'),
        (('--sky-weight', '-1'), '--sky-weight is -1.0, but must be 0 or more'),
        (('--frozen', '2'), '--frozen is 2.0, but must be from 0 to 1'),
        (('--base', 'dvgg', '--colour', 'rgb'), '--colour is for a new checkpoint; --base dvgg has its own'),
        (('--keep-finest', '--frozen', '1'), '--keep-finest keeps layers as they are: give --base, and'),
        (('--recipe', 'finetune'), '--recipe finetune needs a --base to start from'),
    ],
)
def test_impossible_options_are_named(packed, tmp_path, capsys, options, message):
    assert train(packed, tmp_path, *options) == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_is_not_packed_is_refused(tmp_path, capsys):
    arguments = ['--output', str(tmp_path / 'out'), '--minutes', '1', '--licence', 'CC0']
    assert main(['train-packed', str(tmp_path), *arguments]) == 2
    assert 'no packed samples here: make them with `optidepthnet pack' in capsys.readouterr().err


def test_resume_needs_matching_options_and_an_intact_state(packed, tmp_path, capsys):
    assert train(packed, tmp_path, '--network', 'dnano') == 0
    assert train(packed, tmp_path, '--network', 'dnano', '--colour', 'rgb', '--resume') == 2
    error = capsys.readouterr().err
    assert (
        'state.pt is of dnano, separable scope all, norm batch, gray, f_c 240.0, but the options ask for dnano' in error
    )
    (tmp_path / 'state.pt').write_bytes(b'')
    assert train(packed, tmp_path, '--network', 'dnano', '--resume') == 2
    assert 'state.pt cannot be read' in capsys.readouterr().err
