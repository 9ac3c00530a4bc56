# SPDX-License-Identifier: Apache-2.0
"""Which labels a network learns best from: short trainings on packed samples of streets and rooms that differ in them.

    python -m experiments.training.teaching FOLDER --record FILE [--encoder-weights FILE] [--rows NAME...]
        [--views 8000]

FOLDER holds packed samples written by `optidepthnet pack`: ``streets`` and ``photographs`` (with ``--sky``),
``rooms``, ``worlds`` (outdoors, seen from 0.4 to 12 m) and ``relative`` (``--images``, labelled by a relative teacher).
All trainings start from the same weights and see the same number of views. Finished trainings are not repeated. After
1600 views nothing has been learned yet, not even at half of the usual focal length.
"""

import argparse
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.network.forms import use_product_weights
from optidepthnet_ros.network.optidepthnet import build_network
from optidepthnet_ros.recordings.depth_scene import TEACHER
from optidepthnet_ros.training.packed.archive import RELATIVE
from optidepthnet_ros.training.packed.loop import Loop, LoopOptions
from optidepthnet_ros.training.packed.objective import TRUST, Objective
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.validation import validate
from optidepthnet_ros.training.packed.windows import WindowDrawer
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder
from optidepthnet_ros.training.processor import has_fast_bfloat16, set_up_process
from optidepthnet_ros.training.recipes import STREET
from optidepthnet_ros.training.views import ROAD_WINDOWS

FOLDERS = ('streets', 'photographs', 'rooms', 'worlds', 'relative')
STREETS = {'streets': 0.85, 'photographs': 0.15}
BOTH = {'streets': 0.4, 'photographs': 0.1, 'rooms': 0.5}
# Each of their samples shows another place; the others come from a handful of drives.
PLACES = ('kitti_road_', 'kitti_object_', 'kitti_singles_', 'kitti2015_', 'kitti2012_')
HELD_OUT = ('kitti_odometry_x', 'sim_bitterli_kitchen_', 'sim_cpr_office_')
BATCH = 16
MATCHES_AND_TEACHER = TRUST | {RELATIVE: 0.0}


@dataclass(frozen=True)
class Row:
    """One training.

    :param shares: shares of the samples, by folder
    :param trust: weight of each source of depth
    :param left_out: prefixes of the names of scenes that are left out
    :param focal: the canonical focal length, pixels
    :param encoder_rate: learning rate of the encoder, as a share of that of the decoder
    """

    shares: dict[str, float]
    trust: dict[str, float] = field(default_factory=MATCHES_AND_TEACHER.copy)
    left_out: tuple[str, ...] = ()
    frozen: float = STREET['frozen']
    batch: int = BATCH
    focal: float = GENERAL.focal / 2
    encoder_rate: float = 1.0
    seed: int = 0


TAUGHT = Row(STREETS)
MATCHED = Row({'streets': 1.0}, MATCHES_AND_TEACHER | {TEACHER: 0.0})
ROOMS = Row({'rooms': 1.0})
TOGETHER = Row(BOTH)
ROWS = {
    'streets: matches': MATCHED,
    'streets: matches, another seed': replace(MATCHED, seed=1),
    'streets: matches and teacher': TAUGHT,
    'streets: matches and teacher, another seed': replace(TAUGHT, seed=1),
    'streets: matches and teacher, encoder at a tenth of the learning rate': replace(TAUGHT, encoder_rate=0.1),
    'streets: matches and teacher, without the new places': Row({'streets': 1.0}, left_out=PLACES),
    'rooms': ROOMS,
    'rooms, another seed': replace(ROOMS, seed=1),
    'rooms, encoder at a tenth of the learning rate': replace(ROOMS, encoder_rate=0.1),
    'rooms, encoder at a tenth of the learning rate, another seed': replace(ROOMS, encoder_rate=0.1, seed=1),
    'rooms, and photographs of rooms with a relative teacher': Row({'rooms': 0.8, 'relative': 0.2}, TRUST),
    'rooms and outdoor worlds': Row({'rooms': 0.8, 'worlds': 0.2}),
    'streets and rooms': TOGETHER,
    'streets and rooms, another seed': replace(TOGETHER, seed=1),
    'streets, rooms and outdoor worlds': Row({'streets': 0.35, 'photographs': 0.05, 'rooms': 0.45, 'worlds': 0.15}),
    'streets and rooms, statistics of the batches to the end': replace(TOGETHER, frozen=0.0),
    'streets and rooms, batches of 32': replace(TOGETHER, batch=32),
    'streets: matches and teacher, f_c 186': replace(TAUGHT, focal=186.0),
    'streets: matches and teacher, f_c 240': replace(TAUGHT, focal=240.0),
}


def train(row: Row, store: SampleStore, views: int, encoder_weights: Path | None) -> dict[str, tuple]:
    """Train, and return frames, mean Abs Rel and mean delta1 by folder and source of the reference."""
    scenes = [sample.scene for sample in store.samples]
    held_out = [item for item, scene in enumerate(scenes) if scene.startswith(HELD_OUT)]
    left_out = frozenset(item for item, scene in enumerate(scenes) if scene.startswith((*HELD_OUT, *row.left_out)))
    scale = row.focal / GENERAL.focal
    shapes = tuple((round(scale * height), round(scale * width)) for height, width in ROAD_WINDOWS)
    drawer = WindowDrawer(
        store, [row.shares.get(folder, 0.0) for folder in FOLDERS], row.focal, left_out=left_out, shapes=shapes
    )
    network = build_network('dlite0', norm='batch', seed=row.seed)
    if encoder_weights:
        initialise_encoder(network, 'dlite0', encoder_weights)
    if has_fast_bfloat16():
        use_product_weights(network)
    options = LoopOptions(
        seconds=1.0,
        learning_rate=STREET['learning_rate'],
        batch_size=row.batch,
        weight_decay=STREET['decay'],
        frozen=row.frozen,
        focal=row.focal,
        encoder_rate=row.encoder_rate,
        seed=row.seed,
    )
    # The unit is the same at any focal length, because the width is proportional to it.
    objective = Objective(GENERAL.unit, GENERAL.width * scale, row.trust, sky=STREET['sky_weight'])
    loop = Loop(network, store, drawer, objective, options)
    steps = views // row.batch
    for step in range(steps):
        loop.step(step / steps)
    measured = validate(loop.average, store, held_out, row.focal, GENERAL.unit)
    return {f'{FOLDERS[folder]}, {source}': scores for (folder, source), scores in measured.items()}


def main() -> None:
    """Run the trainings that are missing, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path, help='folder with the folders of packed samples')
    parser.add_argument('--encoder-weights', type=Path, help='initial weights of all, see `optidepthnet train`')
    parser.add_argument('--record', type=Path, required=True, help='JSON file')
    parser.add_argument('--rows', nargs='+', default=list(ROWS), metavar='NAME', help='only these rows; default: all')
    parser.add_argument('--views', type=int, default=8000, help='views of each training; default: %(default)s')
    args = parser.parse_args()
    if unknown := set(args.rows) - set(ROWS):
        parser.error(f'there is no row {", ".join(sorted(unknown))}, but {", ".join(ROWS)}')
    record = json.loads(args.record.read_text()) if args.record.exists() else {'views': args.views, 'rows': {}}
    set_up_process()
    store = SampleStore([args.folder / folder for folder in FOLDERS], torch.device('cpu'), gray=True)
    for name in args.rows:
        if name not in record['rows']:
            scores = record['rows'] | {name: train(ROWS[name], store, args.views, args.encoder_weights)}
            record['rows'] = {row: scores[row] for row in ROWS if row in scores}
            write_json(args.record, record)
            print(name, scores[name], flush=True)


if __name__ == '__main__':
    main()
