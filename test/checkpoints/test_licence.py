# SPDX-License-Identifier: Apache-2.0
import pytest

from optidepthnet_ros.checkpoints.licence import is_non_commercial, joined_licence


@pytest.mark.parametrize('licence', ['CC BY-NC 4.0', 'CC-BY-NC-SA-3.0', 'non-commercial', 'MIT; then Research only'])
def test_non_commercial_licences_are_recognised_by_name(licence):
    assert is_non_commercial(licence)


@pytest.mark.parametrize('licence', ['CC BY 4.0', 'MIT', 'Apache-2.0; then CC0'])
def test_other_licences_allow_commercial_use(licence):
    assert not is_non_commercial(licence)


def test_joined_licence_lists_each_licence_once_in_order():
    assert (
        joined_licence('CC BY-NC 4.0', 'MIT-0; then CC0', 'MIT', 'CC0')
        == 'CC BY-NC 4.0; then MIT-0; then CC0; then MIT'
    )
