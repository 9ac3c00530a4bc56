# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import pytest
import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.training.packed.network_teacher import NetworkTeacher
from optidepthnet_ros.training.packed.photometric import exposed
from optidepthnet_ros.training.packed.store import SOURCES
from optidepthnet_ros.training.packed.views import cut
from optidepthnet_ros.training.packed.windows import WindowDrawer

SHAPE = 64, 96


@pytest.fixture
def checkpoint(checkpoint_file):
    return Checkpoint.load(checkpoint_file)


def test_a_label_is_the_teachers_inverse_depth_except_where_depth_is_rendered_or_measured(checkpoint, store):
    teacher = NetworkTeacher(checkpoint, store.device)
    items, window = WindowDrawer(store, [0.5, 0.5], 200.0).draw(8, SHAPE, torch.Generator().manual_seed(0))
    views = cut(store, items, window, SHAPE, 200.0)
    labelled = teacher.label(views)
    label = labelled.log_inverse[:, -1]
    assert torch.equal(labelled.log_inverse[:, :-1].nan_to_num(9), views.log_inverse.nan_to_num(9))
    assert (labelled.source[:, -1] == 1 + SOURCES.index('teacher')).all()
    sure = torch.isin(views.source, torch.tensor([1 + SOURCES.index(name) for name in ('rendered', 'measured')]))
    known = (sure[:, :, None, None] & views.log_inverse.isfinite()).any(1)
    assert 0.2 < known.float().mean() < 1 and torch.equal(label.isnan(), known)
    with torch.no_grad():
        disparity = checkpoint.build().eval()(exposed(views.image).expand(-1, 3, -1, -1))[0][:, 0]
    expected = disparity / checkpoint.provenance.canonical.unit
    torch.testing.assert_close(label[~known].exp(), expected[~known], rtol=1e-3, atol=0)


def test_a_teacher_for_another_input_colour_is_refused(checkpoint, store):
    teacher = NetworkTeacher(checkpoint, store.device)
    teacher.check(checkpoint.provenance)
    other = {'gray': 'rgb', 'rgb': 'gray'}[checkpoint.provenance.input_colour]
    with pytest.raises(ValueError, match=f'input_colour {checkpoint.provenance.input_colour}, the network has {other}'):
        teacher.check(replace(checkpoint.provenance, input_colour=other))
