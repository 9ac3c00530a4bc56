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
from optidepthnet_ros.network.names import check_output_stride

if TYPE_CHECKING:  # torch takes seconds to import
    from torch import nn


def finest_network(checkpoint: Checkpoint, output_stride: int) -> TorchNetwork:
    """Return the network with only the finest disparity as output, not built yet.

    :raises ValueError: no network has this output stride
    """
    check_output_stride(output_stride)

    def build() -> 'nn.Module':
        from optidepthnet_ros.network.finest import Finest

        return Finest(checkpoint.folded, output_stride)

    identity = checkpoint.digest and f'{checkpoint.digest} output stride {output_stride}'
    graph = shipped_graph(checkpoint.provenance) if output_stride == 1 else None
    if graph is None:
        return TorchNetwork(identity, build)
    layers = graph.read_bytes()
    if identity:  # so that a model compiled from other layers is not reused
        identity += f' graph {hashlib.sha256(layers).hexdigest()}'
    return TorchNetwork(identity, build, lambda: with_weights(layers, checkpoint.state))


def self_test_of(network: TorchNetwork, checkpoint: Checkpoint, output_stride: int) -> SelfTest:
    """Return its self-test: from the checkpoint's file for the finest scale, otherwise computed by torch."""
    if output_stride == 1 and checkpoint.self_test is not None:
        return checkpoint.self_test

    def measured() -> bytes:
        from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager

        return json.dumps(SelfTest.of(TorchEager(network, None)).content()).encode()

    return SelfTest.from_content(json.loads(kept(network.identity, 'self-test', measured)))
