# SPDX-License-Identifier: Apache-2.0
"""A fine-tuning job that the tests modify."""

import pytest

from optidepthnet_ros.finetuning.job import Job


@pytest.fixture
def empty_job(tmp_path):
    """Return a job for this test's folder, with recordings and a base that do not exist."""
    return Job(
        recordings=('none',),
        base='none',
        sky=False,
        store=str(tmp_path),
        minutes=0.0,
        hold_out_tail=0.4,
        rehearsal=(),
        rehearsal_share=0.2,
        promotion='never',
        licence='test',
        nice=0,
        threads=1,
        recording_options=(),
        train_options=(),
    )
