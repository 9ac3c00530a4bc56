# SPDX-License-Identifier: Apache-2.0
"""The parameters checkpoint and place select one model."""

import math

import pytest

from optidepthnet_ros.checkpoints.licence import is_non_commercial
from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, PLACES
from optidepthnet_ros.ros.depth_node.model_choice import ModelChoice
from optidepthnet_ros.ros.depth_node.parameters import Parameters


def test_place_selects_the_model_made_for_it_and_the_default_model_is_used_otherwise():
    assert {place: ModelChoice('', place).name for place in PLACES} == PLACES
    assert ModelChoice('', '').name == DEFAULT_MODEL
    assert ModelChoice('dvgg', '').name == 'dvgg'


def test_checkpoint_and_place_together_are_refused():
    with pytest.raises(ValueError, match="checkpoint is 'dvgg' and place is 'road', but only one of them may be set"):
        ModelChoice('dvgg', 'road')


def test_a_default_model_for_one_place_gives_a_warning_if_no_model_was_chosen():
    assert bool(ModelChoice('', '').warning) == (DEFAULT_MODEL in PLACES.values())
    assert not ModelChoice(DEFAULT_MODEL, '').warning and not ModelChoice('', 'road').warning


def test_a_preliminary_model_gives_a_warning_however_it_was_chosen():
    for choice in (ModelChoice('', 'indoors'), ModelChoice('dlite0_free', '')):
        assert 'dlite0_free is preliminary: its metres' in choice.warning


@pytest.mark.parametrize(
    'licence, expected',
    [
        ('CC BY-NC-SA 3.0', True),
        ('CC-BY-NC-4.0', True),
        ('for non-commercial use', True),
        ('CC BY 4.0', False),
        ('Apache-2.0', False),
        ('SYNCED', False),
    ],
)
def test_a_non_commercial_licence_is_recognised_by_its_name(licence, expected):
    assert is_non_commercial(licence) == expected


def test_by_default_only_the_model_for_rooms_has_a_farthest_known_distance():
    assert Parameters(place='indoors').farthest_known == Parameters(checkpoint='dlite0_free').farthest_known == 20
    assert Parameters().farthest_known == Parameters(place='indoors', unknown_beyond=1000.0).farthest_known == math.inf
    assert Parameters(unknown_beyond=5.0).farthest_known == 5
