# SPDX-License-Identifier: Apache-2.0
"""What is shipped says where it comes from, and what is free to use was never touched by anything else."""

import re

import pytest

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models

MODELS = shipped_models()
FREE_SCENES = re.compile(
    r'sim_(aws|bitterli|osrf|servicesim|cpr|proc)_?[\w-]*|icl_nuim_livingroom|tartanair|tum_fr1_\w+|tum_sample|oakd_rooms'
    # MIT, BSD-3 and Apache-2.0, see the card.
    r'|aims_lab|cape_tunnel|felixchenfy_flat|m3t_table|okrobot_desk|pcl_\w+|pyk4a_room|robosherlock_kitchen'
)
# Their terms allow no use outside their university.
FORBIDDEN = ('ttbb', 'durham')


@pytest.fixture(params=MODELS, scope='module')
def model(request):
    return request.param, Checkpoint.load(MODELS[request.param]).provenance


def test_it_has_a_card_of_its_own_and_is_small(model):
    name, provenance = model
    card = MODELS[name].with_suffix('.md').read_text()
    assert card.startswith(f'# {name}\n') and provenance.licence.split(',')[0].split(' (')[0] in card
    assert MODELS[name].stat().st_size < 16_000_000


def test_it_learned_from_nothing_that_is_forbidden(model):
    _, provenance = model
    assert not any(word in provenance.training_data for word in FORBIDDEN)


def test_what_saw_kitti_is_non_commercial(model):
    _, provenance = model
    if 'kitti' in provenance.training_data.lower():
        assert 'NC' in provenance.licence


def test_the_free_model_learned_from_free_recordings_alone():
    provenance = Checkpoint.load(MODELS['dlite0_free']).provenance
    assert provenance.licence == 'CC BY 4.0' and provenance.parent == ''
    weights, _, samples = provenance.training_data.partition('; then ')
    assert weights == 'encoder weights efficientnet-lite0-57934424.pth (ImageNet, Apache-2.0)'
    scenes = re.fullmatch(r'\d+ packed samples of \d+ scenes: (.*)', samples)[1].split(', ')
    assert len(scenes) == 75 and all(FREE_SCENES.fullmatch(scene) for scene in scenes)
