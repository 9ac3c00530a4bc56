# SPDX-License-Identifier: Apache-2.0
"""The part of a checkpoint's network that is run, as the runtimes take it, and what it must answer."""

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
    """Return what answers with the finest disparity alone, not built yet.

    :raises ValueError: an output stride that no network has
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
    if identity:  # what was compiled of other layers is of another network
        identity += f' graph {hashlib.sha256(layers).hexdigest()}'
    return TorchNetwork(identity, build, lambda: with_weights(layers, checkpoint.state))


def self_test_of(network: TorchNetwork, checkpoint: Checkpoint, output_stride: int) -> SelfTest:
    """Return what it must answer: by the checkpoint's file, which knows the finest scale, otherwise by torch."""
    if output_stride == 1 and checkpoint.self_test is not None:
        return checkpoint.self_test

    def measured() -> bytes:
        from optidepthnet_ros.inference.runtimes.torch_eager import TorchEager

        return json.dumps(SelfTest.of(TorchEager(network, None)).content()).encode()

    return SelfTest.from_content(json.loads(kept(network.identity, 'self-test', measured)))
