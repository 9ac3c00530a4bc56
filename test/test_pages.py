# SPDX-License-Identifier: Apache-2.0
"""Figures on the pages are those of the records, and parameter counts those of the networks."""

import re

import pytest
import torch

from experiments.pages import confidence, failures, front_page, metric_scale, replay, speed, steadiness
from experiments.pages.page import ROOT
from experiments.pages.results import generated, read
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.files.atomic import sha256
from optidepthnet_ros.network.names import NETWORKS
from optidepthnet_ros.network.optidepthnet import build_network


def test_what_is_committed_is_what_the_records_say():
    """Otherwise run `python -m experiments.pages.results`."""
    for path, text in generated().items():
        assert (ROOT / path).read_text() == text, path


@pytest.mark.parametrize('page', [confidence, failures, front_page, metric_scale, replay, speed, steadiness])
def test_a_page_is_what_its_record_says(page):
    """Otherwise run `python -m` with the name of the page's module."""
    for path, text in page.generated().items():
        assert (ROOT / path).read_text() == text, path


def test_the_record_of_the_shipped_models_is_of_these_files():
    """Otherwise run `python -m experiments.accuracy.shipped`."""
    assert read('shipped')['digests'] == {name: sha256(path) for name, path in shipped_models().items()}


def test_parameter_counts_are_those_of_the_networks():
    """As the paper counts: without batch normalisation, which folds away for inference."""
    with torch.device('meta'):
        counts = {
            name: f'{sum(weights.numel() for weights in build_network(name).parameters()):,}' for name in NETWORKS
        }
    table = dict(re.findall(r'`(\w+)`,? (\d[\d,]{6,})', (ROOT / 'docs' / 'models.md').read_text()))
    assert table == counts
    for page in [*(ROOT / 'docs').glob('*.md'), *(ROOT / 'models').glob('*.md')]:
        for count in re.findall(r'(\d[\d,]{6,}) parameters', page.read_text()):
            assert count in counts.values(), page
