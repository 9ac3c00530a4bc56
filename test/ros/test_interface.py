# SPDX-License-Identifier: Apache-2.0
"""The page of the interface has the topics, services and launch arguments that there are."""

from experiments.pages.interface import generated
from experiments.pages.page import ROOT


def test_what_is_committed_is_what_nodes_and_launch_files_declare():
    """Otherwise run `python -m experiments.pages.interface`."""
    for path, text in generated().items():
        assert (ROOT / path).read_text() == text, path
