# SPDX-License-Identifier: Apache-2.0
"""Each shipped model states its origin, and the freely licensed model was trained on free data only."""

import re

import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models

MODELS = shipped_models()
FREE_SCENES = re.compile(
    r'sim_(aws|bitterli|osrf|servicesim|cpr)_?[\w-]*|icl_nuim_livingroom|tartanair|tum_fr1_\w+|tum_sample|oakd_rooms'
    r'|drawn_\d{5}'  # made by experiments/drawn_rooms
    # MIT, BSD-3, Apache-2.0 and CC BY 4.0, see the card.
    r'|real_(aims|cape|felix|okrobot|pcl|pyk4a|robosherlock|fairo|cleargrasp|librs|skoltech|tue|rtabmap|moveit|internnav'
    r'|mrpt|homography|ufsec|pyndent|boofcv|francisso|mad|shun|zed|ali)_\w+'
)
# The terms of these data sets forbid use outside their university.
FORBIDDEN = ('ttbb', 'durham')


@pytest.fixture(params=MODELS, scope='module')
def model(request):
    return request.param, Checkpoint.load(MODELS[request.param]).provenance


def test_each_model_has_its_own_card_and_is_small(model):
    name, provenance = model
    card = MODELS[name].with_suffix('.md').read_text()
    assert card.startswith(f'# {name}\n') and provenance.licence.split(',')[0].split(' (')[0] in card
    assert MODELS[name].stat().st_size < 16_000_000


def test_no_model_was_trained_on_forbidden_data(model):
    _, provenance = model
    assert not any(word in provenance.training_data for word in FORBIDDEN)


def test_models_trained_on_kitti_are_non_commercial(model):
    _, provenance = model
    if 'kitti' in provenance.training_data.lower():
        assert 'NC' in provenance.licence


def test_the_free_model_was_trained_on_free_recordings_only():
    provenance = Checkpoint.load(MODELS['dlite0_free']).provenance
    assert provenance.licence == 'CC BY 4.0' and provenance.parent == ''
    weights, _, samples = provenance.training_data.partition('; then ')
    assert weights == 'encoder weights efficientnet-lite0-57934424.pth (ImageNet, Apache-2.0)'
    scenes = re.fullmatch(r'\d+ packed samples of \d+ scenes: (.*)', samples)[1].split(', ')
    assert len(scenes) == 675 and all(FREE_SCENES.fullmatch(scene) for scene in scenes)
