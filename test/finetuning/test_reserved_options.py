# SPDX-License-Identifier: Apache-2.0
"""Options cannot contradict what else is asked for."""

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
def test_what_the_node_sets_itself_is_refused(option, instead):
    with pytest.raises(ValueError, match=f"train_options has '{option}'.*: set {instead} instead"):
        check_options('train_options', ['--steps', '6', option, 'X'])


def test_all_else_is_left_to_the_command():
    check_options('train_options', '--recipe finetune --steps 6 --batch-size 2 --learning-rate -1 -- x'.split())
