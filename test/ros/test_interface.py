# SPDX-License-Identifier: Apache-2.0
"""The interface page lists the existing topics, services and launch arguments."""

from experiments.pages.interface import generated
from experiments.pages.page import ROOT


def test_the_committed_page_matches_the_nodes_and_launch_files():
    """If it fails, run `python -m experiments.pages.interface`."""
    for path, text in generated().items():
        assert (ROOT / path).read_text() == text, path
