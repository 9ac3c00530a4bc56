# SPDX-License-Identifier: Apache-2.0
"""A teacher's labels agree with known depth, or are left out."""

import numpy as np
import pytest
import torch
from training.packed.conftest import picture
from training.teachers.networks import write_network

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.training.packed.archive import Label, PackWriter, read_teachers
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.teaching import Teaching
from optidepthnet_ros.training.teachers.opening import open_teacher
from optidepthnet_ros.training.teachers.teacher import TeacherRecord

pytest.importorskip('onnxruntime')

CAMERA = Camera(200, 150, 180.0, 180.0, 99.5, 74.5)
METRIC = {'output': {'name': 'depth', 'kind': 'inverse depth', 'focal': 'live'}}


@pytest.fixture
def teaching(tmp_path):
    """Return a function that makes a ``Teaching`` by a network whose output is scaled brightness plus a shift."""

    def make(contract=None, **network):
        return Teaching(open_teacher(write_network(tmp_path / 'net.onnx', contract, size=(150, 200), **network)))

    contract = {'name': 'image', 'size': [150, 200], 'channels': 'rgb', 'range': 255}
    return lambda meaning=None, **network: make({'input': contract} | (meaning or {}), **network)


@pytest.mark.parametrize('source', ['rendered', 'measured', 'matched'])
def test_a_relative_teacher_gets_its_metres_from_known_depth(teaching, source):
    gray, inverse = picture()
    sparse = np.where(np.random.default_rng(0).random(gray.shape) < 0.05, inverse, np.nan)
    lesson = teaching(scale=0.1, shift=7.0)
    label = lesson.label(gray, CAMERA, [Label('teacher', 'coarse', 3 * inverse), Label(source, 'fine', sparse)])
    assert label.source == 'teacher' and label.inverse_depth.shape == gray.shape
    assert np.isfinite(label.inverse_depth).mean() > 0.97
    np.testing.assert_allclose(label.inverse_depth, np.where(np.isfinite(label.inverse_depth), inverse, np.nan), 1e-3)
    assert lesson.summary() == (
        '1 labels of the teacher; off what is known by 0.0%, 1.00 times as far (medians of each image)'
    )
    assert lesson.summary() == '0 labels of the teacher'


def test_frames_that_contradict_the_teacher_have_no_label_and_are_counted(teaching):
    gray, inverse = picture()
    lesson = teaching()
    for known in (np.full_like(inverse, 0.5), 1.5 - inverse, np.full_like(inverse, 0.4)):
        assert lesson.label(gray, CAMERA, [Label('rendered', 'fine', known)]) is None
    assert lesson.summary() == (
        '0 labels of the teacher; 3 frames without (too small a spread of known depth: 2, too few inliers: 1)'
    )


def test_without_known_depth_the_label_of_a_relative_teacher_stays_relative(teaching):
    gray, inverse = picture()
    lesson = teaching(scale=0.1, shift=-50.0)
    for labels in ([Label('teacher', 'coarse', inverse)], [Label('measured', 'fine', np.full_like(inverse, np.nan))]):
        label = lesson.label(gray, CAMERA, labels)
        assert label.source == 'relative' and np.isfinite(label.inverse_depth).all()
        low, high = label.inverse_depth.min(), label.inverse_depth.max()
        assert 0 < low and high == pytest.approx(1)
        expected = np.interp(inverse, (inverse.min(), inverse.max()), (low, high))
        np.testing.assert_allclose(label.inverse_depth, expected, atol=1e-3)
    assert lesson.summary() == (
        '0 labels of the teacher; 2 relative labels (no known depth: 1, too few points of known depth: 1)'
    )


def test_frames_to_which_the_teacher_gives_no_depth_are_counted(teaching):
    gray, _ = picture()
    lesson = teaching(METRIC, shift=-1000.0)
    assert lesson.label(gray, CAMERA, []) is None
    assert lesson.summary() == '0 labels of the teacher; 1 frames without (the teacher gives no depth: 1)'


@pytest.mark.parametrize('factor, expected', [(1.1, 1), (1.5, 0), (0.6, 0)])
def test_a_metric_teacher_is_used_if_its_metres_agree_with_known_depth(teaching, factor, expected):
    gray, inverse = picture()
    lesson = teaching(METRIC, scale=factor / 200)
    assert np.allclose(lesson.label(gray, CAMERA, []).inverse_depth, factor * inverse)
    lesson.label(gray, CAMERA, [Label('matched', 'fine', inverse)])
    summary = lesson.summary()
    assert summary.startswith(f'{1 + expected} labels') and f'{1 / factor:.2f} times as far' in summary
    assert ('1 frames without (its metres disagree with what is known: 1)' in summary) != expected


@pytest.mark.parametrize('source, heard', [('rendered', False), ('measured', False), ('matched', True)])
def test_a_teacher_is_not_used_where_measured_or_rendered_depth_contradicts(teaching, source, heard):
    """A near object that the teacher takes for the wall behind it."""
    gray, inverse = picture()
    known = inverse.copy()
    known[100:, :60] = 5
    known[:20] = np.nan
    label = teaching().label(gray, CAMERA, [Label(source, 'fine', known)])
    assert np.isfinite(label.inverse_depth[100:, :60]).all() == heard
    assert np.isfinite(label.inverse_depth[:20]).mean() > 0.9 and np.isfinite(label.inverse_depth[20:100]).mean() > 0.9


def test_a_packed_folder_names_its_teacher_and_a_sample_holds_three_labels(teaching, tmp_path):
    gray, inverse = picture()
    lesson = teaching()
    record = lesson.teacher.record
    labels = [Label('matched', 'coarse', inverse), Label('measured', 'fine', inverse)]
    with PackWriter(tmp_path / 'taught', record) as writer:
        writer.add('street', gray, 180.0, [*labels, lesson.label(gray, CAMERA, labels)])
    with PackWriter(tmp_path / 'untaught') as writer:
        writer.add('room', gray, 180.0, labels[:1])
    assert read_teachers(tmp_path / 'taught') == [TeacherRecord('Tiny', record.digest, 'CC BY-NC 4.0')]
    assert read_teachers(tmp_path / 'untaught') == []
    store = SampleStore([tmp_path / 'taught', tmp_path / 'untaught'], torch.device('cpu'))
    assert store.label_layout[..., 3].tolist() == [[3, 1, 4], [3, 0, 0]]
    (tmp_path / 'taught' / 'teachers.json').unlink()
    with pytest.raises(DataError, match=r'teachers.json is missing, which has the licences of the teachers'):
        read_teachers(tmp_path / 'taught')
