# SPDX-License-Identifier: Apache-2.0
"""Additional options cannot contradict the other parameters."""

import pytest

from optidepthnet_ros.finetuning.reserved_options import check_options


@pytest.mark.parametrize(
    'option, instead',
    [
        ('--output', 'folder'),
        ('--output=/etc', 'folder'),
        ('--out', 'folder'),
        ('--data', 'recordings'),
        ('--res', 'the service resume'),
        ('--minutes', 'minutes'),
        ('--no-sky', 'place'),
    ],
)
def test_options_that_the_node_sets_itself_are_refused(option, instead):
    with pytest.raises(ValueError, match=f"train_options has '{option}'.*: set {instead} instead"):
        check_options('train_options', ['--steps', '6', option, 'X'])


def test_all_other_options_are_accepted():
    check_options('train_options', '--recipe finetune --steps 6 --batch-size 2 --learning-rate -1 -- x'.split())
