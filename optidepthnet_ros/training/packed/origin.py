# SPDX-License-Identifier: Apache-2.0
"""The network that a training on packed samples starts from, and the header of the checkpoint that it becomes."""

from dataclasses import replace
from pathlib import Path

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.licence import joined_licence
from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.network.forms import use_product_weights
from optidepthnet_ros.network.optidepthnet import OptiDepthNet, build_network
from optidepthnet_ros.training.packed.archive import read_teachers
from optidepthnet_ros.training.packed.held_out import HeldOut
from optidepthnet_ros.training.packed.network_teacher import NetworkTeacher
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder
from optidepthnet_ros.training.processor import has_fast_bfloat16

Origin = tuple[OptiDepthNet, Provenance]


def describe_data(
    store: SampleStore, held_out: HeldOut, folders: list[Path], teacher: NetworkTeacher | None
) -> tuple[str, list[str]]:
    """Return a description of the training data, and the licences of its teachers."""
    learned = [sample.scene for item, sample in enumerate(store.samples) if item not in held_out.left_out]
    scenes = sorted(set(learned))
    teachers = list(dict.fromkeys(record for folder in folders for record in read_teachers(folder)))
    if teacher is not None:
        teachers.append(teacher.record)
    data = f'{len(learned)} packed samples of {len(scenes)} scenes: {", ".join(scenes)}'
    data += ''.join(f'; taught by {record}' for record in teachers)
    return data, [record.licence for record in teachers]


def continued(base: Checkpoint, data: str, licence: str) -> Origin:
    """Continue from a checkpoint; the weights inherit its licence terms."""
    p = base.provenance
    header = replace(
        p,
        training_data=f'{p.training_data}; then {data}',
        licence=joined_licence(p.licence, licence),
        parent=base.digest,
    )
    return _for_this_processor(base.build()), header


def fresh(
    name: str, colour: str, canonical: CanonicalCamera, seed: int, encoder_weights: Path | None, data: str, licence: str
) -> Origin:
    """Start with random weights, and those of a file in the encoder if one is given.

    :raises EncoderWeightsError: the file does not fit the network
    """
    network = build_network(name, norm='batch', seed=seed)
    if encoder_weights:
        print(initialise_encoder(network, name, encoder_weights), flush=True)
        data = f'encoder weights {encoder_weights.name}; then {data}'
    header = Provenance(
        network=name,
        separable_scope='all',
        norm='batch',
        input_colour=colour,
        canonical_focal=canonical.focal,
        canonical_width=canonical.width,
        baseline=canonical.baseline,
        training_data=data,
        licence=licence,
    )
    return _for_this_processor(network), header


def _for_this_processor(network: OptiDepthNet) -> OptiDepthNet:
    return use_product_weights(network) if has_fast_bfloat16() else network  # elsewhere the dense form is slower
