# SPDX-License-Identifier: Apache-2.0
"""The part of a checkpoint's network that is run, in the form for the runtimes, and its self-test."""

import hashlib
import json
from typing import TYPE_CHECKING

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.inference.runtimes.model_cache import kept
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork
from optidepthnet_ros.inference.shipped_graph import shipped_graph, with_weights

if TYPE_CHECKING:  # torch takes seconds to import
    from torch import nn


def finest_network(checkpoint: Checkpoint) -> TorchNetwork:
    """Return the network with only the finest disparity as output, not built yet."""

    def build() -> 'nn.Module':
        from optidepthnet_ros.network.finest import Finest

        return Finest(checkpoint.folded)

    identity = checkpoint.digest
    graph = shipped_graph(checkpoint.provenance)
    if graph is None:
        return TorchNetwork(identity, build)
    layers = graph.read_bytes()
    if identity:  # so that a model compiled from other layers is not reused
        identity += f' graph {hashlib.sha256(layers).hexdigest()}'
    return TorchNetwork(identity, build, lambda: with_weights(layers, checkpoint.state))


def self_test_of(network: TorchNetwork, checkpoint: Checkpoint) -> SelfTest:
    """Return its self-test: that of the checkpoint's file, or for a new checkpoint one computed by torch."""
    if checkpoint.self_test is not None:
        return checkpoint.self_test

    def measured() -> bytes:
        from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager

        return json.dumps(SelfTest.of(TorchEager(network, None)).content()).encode()

    return SelfTest.from_content(json.loads(kept(network.identity, 'self-test', measured)))
