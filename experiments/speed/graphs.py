# SPDX-License-Identifier: Apache-2.0
"""Write the graphs of the shipped models' networks into models/graphs/: with them, a first start needs no torch.

    python -m experiments.speed.graphs

Run it again if a model of another network is shipped, or if the layers of one change. Graphs are ONNX files without
weights: these have the names of the network's state dictionary, and come from the checkpoint. Batch norms are
left to the runtimes, which fold them into the preceding convolutions.
"""

import onnx

from experiments.pages.page import ROOT
from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import shipped_models
from optidepthnet_ros.inference.runtimes.onnx_runtime import to_onnx
from optidepthnet_ros.inference.shipped_graph import graph_name
from optidepthnet_ros.network.finest import Finest
from optidepthnet_ros.network.layers import SeparableConv2d

FOLDER = ROOT / 'models' / 'graphs'
PREFIX = 'network.'  # of the weights' names in Finest


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for path in shipped_models().values():
        checkpoint = Checkpoint.read(path)
        (FOLDER / f'{graph_name(checkpoint.provenance)}.onnx').write_bytes(graph_of(checkpoint))


def graph_of(checkpoint: Checkpoint) -> bytes:
    """Return an ONNX file without weights."""
    network = checkpoint.build()  # not a fresh one: the exporter merges weights that are equal
    for module in network.modules():
        if isinstance(module, SeparableConv2d):  # a 1x1 layer is one convolution, as in fold()
            module.product_weight = module.conv_dw.kernel_size == (1, 1)
    model = onnx.load_model_from_string(to_onnx(Finest(network.eval().requires_grad_(False)), as_trained=True))
    for node in model.graph.node:
        node.input[:] = [name.removeprefix(PREFIX) for name in node.input]
        node.ClearField('doc_string')  # the line of code, with its path
    for field in ('initializer', 'value_info'):
        model.graph.ClearField(field)
    model.ClearField('producer_version')
    return model.SerializeToString(deterministic=True)


if __name__ == '__main__':
    main()
