# SPDX-License-Identifier: Apache-2.0
"""A contestant in a benchmark: a network by name, ours or a peer, in a runtime, at an input size."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # processes set the number of threads before they import it
    from torch import nn


@dataclass(frozen=True)
class Contestant:
    """One row of the table. Weights are random: they do not change the speed.

    :param network: one of ``NETWORKS``; or a peer, with the file NETWORK.py in ``peers``
    :param runtime: one of ``RUNTIMES``
    :param height: height of the input, a multiple of what the network needs
    :param width: width of the input, a multiple of what the network needs
    :param threads: number of processor threads
    """

    network: str
    runtime: str
    height: int
    width: int
    threads: int
    peers: Path | None = None

    @property
    def name(self) -> str:
        """Its name in the table."""
        return f'{self.network}, {self.runtime}'

    def build(self) -> 'nn.Module':
        """Return the network in eval mode, from (N, 3, H, W) to (N, C, h, w)."""
        from optidepthnet_ros.network.finest import Finest
        from optidepthnet_ros.network.forms import fold
        from optidepthnet_ros.network.names import NETWORKS
        from optidepthnet_ros.network.optidepthnet import build_network

        if self.network in NETWORKS:
            return Finest(fold(build_network(self.network)))
        peer: nn.Module = load_peer(self.peers, self.network).build()
        return peer.eval().requires_grad_(False)


def check_network(name: str, peers: Path | None) -> None:
    """Check that there is a network or a peer of this name.

    :raises ValueError: there is none
    """
    from optidepthnet_ros.network.names import NETWORKS

    if name not in NETWORKS:
        load_peer(peers, name)


def load_peer(folder: Path | None, name: str) -> ModuleType:
    """Return the module of a peer, which has ``SOURCE``, ``PUBLISHED_PARAMETERS`` and ``build()``.

    :raises ValueError: there is no such file
    """
    from optidepthnet_ros.network.names import NETWORKS

    path = folder and folder / f'{name}.py'
    if not (path and path.is_file()):
        where = f', nor a peer in {folder}' if folder else ''
        raise ValueError(f"network '{name}' is not one of {', '.join(NETWORKS)}{where}")
    spec = importlib.util.spec_from_file_location(f'peer_{name}', path)
    assert spec is not None and spec.loader is not None  # because the file ends in .py
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
