# SPDX-License-Identifier: Apache-2.0
"""Images per second of processor time that a training reads, from recordings and from packed samples.

    python -m experiments.speed.reading RECORDING...

One thread; the median of several turns. `match` is the additional cost of reading a stereo pair for the first time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch

from optidepthnet_ros.geometry.canonical import GENERAL
from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.packed.archive import PackWriter
from optidepthnet_ros.training.packed.packing import packed_frames
from optidepthnet_ros.training.packed.photometric import exposed, vary
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.views import cut
from optidepthnet_ros.training.packed.windows import WindowDrawer
from optidepthnet_ros.training.pairs import PairDataset, VariedPairs
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.recipes import DEFAULT, RECIPES
from optidepthnet_ros.training.views import ROAD_WINDOWS

IMAGES, TURNS, BATCH, FOCAL = 32, 5, 8, 288.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path, nargs='+', metavar='RECORDING')
    scenes = open_all(parser.parse_args().data, SceneOptions())
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        frames = PairDataset(scenes, canonical=GENERAL, proxies=ProxyCache(Path(folder) / 'proxies'))
        variation = Variation(**{field.name: RECIPES[DEFAULT][field.name] for field in fields(Variation)})
        varied = VariedPairs(frames, 0, variation=variation)
        first = _seconds(lambda: [frames.read(item) for item in range(len(frames))]) / len(frames)
        again = _seconds(lambda: [frames.read(item) for item in range(len(frames))]) / len(frames)
        packing = _seconds(lambda: _pack(scenes, Path(folder) / 'packed')) / len(frames)
        store = SampleStore([Path(folder) / 'packed'], torch.device('cpu'), gray=True)
        reading = {
            'recordings': _rate(lambda: [varied[position] for position in range(IMAGES)]),
            'packed': _rate(lambda: _packed_views(store)),
        }
    print(f'{len(frames)} frames; match {first - again:.3f} s, pack {packing:.3f} s of processor time each')
    for name, rate in reading.items():
        print(f'{name}: {rate:.1f} images/s of processor time')


def _pack(scenes, folder: Path) -> None:
    with PackWriter(folder) as writer:
        for scene in scenes:
            for image, focal, labels in packed_frames(scene, FOCAL, sky=False, teaching=None, damaged=[]):
                writer.add(scene.name, image, focal, labels)


def _packed_views(store: SampleStore) -> None:
    random = torch.Generator().manual_seed(0)
    drawer = WindowDrawer(store, [1.0], GENERAL.focal)
    for batch in range(IMAGES // BATCH):
        shape = ROAD_WINDOWS[batch % len(ROAD_WINDOWS)]
        items, window = drawer.draw(BATCH, shape, random)
        exposed(vary(cut(store, items, window, shape, GENERAL.focal).image, random))


def _rate(read: Callable[[], object]) -> float:
    return IMAGES / float(np.median([_seconds(read) for _ in range(TURNS)]))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == '__main__':
    main()
