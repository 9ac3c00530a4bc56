# SPDX-License-Identifier: Apache-2.0
import pytest

from optidepthnet_ros.checkpoints.licence import is_non_commercial, joined_licence


@pytest.mark.parametrize('licence', ['CC BY-NC 4.0', 'CC-BY-NC-SA-3.0', 'non-commercial', 'MIT; then Research only'])
def test_licences_that_forbid_commercial_use_are_known_by_their_name(licence):
    assert is_non_commercial(licence)


@pytest.mark.parametrize('licence', ['CC BY 4.0', 'MIT', 'Apache-2.0; then CC0'])
def test_others_are_not(licence):
    assert not is_non_commercial(licence)


def test_each_licence_is_told_once_and_in_order():
    assert (
        joined_licence('CC BY-NC 4.0', 'MIT-0; then CC0', 'MIT', 'CC0')
        == 'CC BY-NC 4.0; then MIT-0; then CC0; then MIT'
    )
