# SPDX-License-Identifier: Apache-2.0
"""Figures on the pages match the records, and parameter counts match the networks."""

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


def test_committed_figures_match_the_records():
    """If it fails, run `python -m experiments.pages.results`."""
    for path, text in generated().items():
        assert (ROOT / path).read_text() == text, path


@pytest.mark.parametrize('page', [confidence, failures, front_page, metric_scale, replay, speed, steadiness])
def test_a_page_matches_its_record(page):
    """If it fails, run `python -m` with the name of the page's module."""
    for path, text in page.generated().items():
        assert (ROOT / path).read_text() == text, path


def test_the_record_of_the_shipped_models_belongs_to_these_files():
    """If it fails, run `python -m experiments.accuracy.shipped`."""
    assert read('shipped')['digests'] == {name: sha256(path) for name, path in shipped_models().items()}


def test_parameter_counts_match_the_networks():
    """Counted as in the paper: without batch normalisation, which is folded for inference."""
    with torch.device('meta'):
        counts = {
            name: f'{sum(weights.numel() for weights in build_network(name).parameters()):,}' for name in NETWORKS
        }
    table = dict(re.findall(r'`(\w+)`,? (\d[\d,]{6,})', (ROOT / 'docs' / 'models.md').read_text()))
    assert table == counts
    for page in [*(ROOT / 'docs').glob('*.md'), *(ROOT / 'models').glob('*.md')]:
        for count in re.findall(r'(\d[\d,]{6,}) parameters', page.read_text()):
            assert count in counts.values(), page
