# SPDX-License-Identifier: Apache-2.0
"""Files that other programs can run: ONNX and OpenVINO, with everything needed for metres in their metadata.

The contract is in docs/export.md.
"""

import tempfile
from dataclasses import asdict
from pathlib import Path

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.imaging.exposure import TYPICAL
from optidepthnet_ros.inference.runtimes.onnx_runtime import INPUT, OUTPUT, to_onnx
from optidepthnet_ros.inference.runtimes.openvino_cpu import to_openvino
from optidepthnet_ros.network.finest import Finest

FORMAT = 'optidepthnet-export-2'
METRES = (
    'resize the image by canonical_focal / fx across and canonical_focal / fy down, bring its median to input_median; '
    'Z = baseline * canonical_focal / (disparity[:, 0] * canonical_width)'
)


def metadata(checkpoint: Checkpoint, output_stride: int) -> dict[str, str]:
    """Return the metadata of every file: the checkpoint's header, its digest, and how to compute metres."""
    p = asdict(checkpoint.provenance)
    return {
        'format': FORMAT,
        **{name: str(value) for name, value in p.items()},
        'input_median': str(TYPICAL),
        'checkpoint_sha256': checkpoint.digest,
        'output_stride': str(output_stride),
        'metres': METRES,
    }


def export_onnx(checkpoint: Checkpoint, path: Path) -> None:
    """Write an ONNX file of any batch and image size."""
    import onnx

    network = Finest(checkpoint.folded)
    model = onnx.load_model_from_string(to_onnx(network))
    onnx.helper.set_model_props(model, metadata(checkpoint, network.output_stride))
    onnx.checker.check_model(model)
    with replacing(path) as temporary:
        onnx.save_model(model, temporary)


def export_openvino(checkpoint: Checkpoint, path: Path) -> None:
    """Write an OpenVINO file, .xml, and its .bin beside it: float32, any batch and image size."""
    import openvino

    network = Finest(checkpoint.folded)
    model = to_openvino(network, layer_names=True)
    model.reshape([-1, 3, -1, -1])
    model.inputs[0].get_tensor().set_names({INPUT})
    model.outputs[0].get_tensor().set_names({OUTPUT})
    for name, value in metadata(checkpoint, network.output_stride).items():
        model.set_rt_info(value, ['optidepthnet', name])
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        openvino.save_model(model, Path(folder, path.name), compress_to_fp16=False)
        for suffix in ('.bin', '.xml'):  # the .xml last: if it exists, both exist
            Path(folder, path.name).with_suffix(suffix).replace(path.with_suffix(suffix))
