# SPDX-License-Identifier: Apache-2.0
"""The search for dnano: small networks compared with PyDNet in speed, in cost and after short identical trainings.

    python -m experiments.training.dnano_search DIR speed
    python -m experiments.training.dnano_search DIR train --data STEREO [--proxies DIR] [--lite0 FILE] [--steps 150]
    python -m experiments.training.dnano_search DIR table

`speed` measures each candidate alternately with PyDNet, OpenVINO float32, 256x512, one thread, in processor time,
which other load on the machine hardly affects. `train` trains each at 96x320, with the same pairs in the same order,
only on stereo matches, and measures it on held-out scenes; it continues where it stopped. Results go to
DIR/search.json; `table` puts them into docs/performance.md.
"""

import argparse
import json
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import lightning
import numpy as np
import torch

from experiments.pages.page import fill, table
from optidepthnet_ros.evaluation.speed.contestant import load_peer
from optidepthnet_ros.evaluation.speed.counts import count_costs, count_parameters
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVino
from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork
from optidepthnet_ros.network.decoder import Decoder, DecoderForm
from optidepthnet_ros.network.finest import Finest
from optidepthnet_ros.network.forms import fold
from optidepthnet_ros.network.initialisation import initialise
from optidepthnet_ros.network.nano import NanoForm
from optidepthnet_ros.network.optidepthnet import OptiDepthNet, build_network
from optidepthnet_ros.network.style import Style
from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.training.augmentation import Variation
from optidepthnet_ros.training.averaging import WarmWeightAveraging
from optidepthnet_ros.training.budget import Budget
from optidepthnet_ros.training.budget_end import BudgetEnd
from optidepthnet_ros.training.data import PairData
from optidepthnet_ros.training.losses.stereo import LossWeights
from optidepthnet_ros.training.module import DepthModule
from optidepthnet_ros.training.pairs import PairDataset, Rehearsal
from optidepthnet_ros.training.pretrained.initialise import initialise_encoder
from optidepthnet_ros.training.proxies import ProxyCache
from optidepthnet_ros.training.run import SKY_METRES
from optidepthnet_ros.training.split import split_scenes

SPEED_SIZE, TRAINING_SHAPES = (256, 512), ((96, 320),)
CANONICAL = CanonicalCamera(186.0, 320.0, 0.54)  # shows KITTI's images at 320x96
HELD_OUT = ('kitti_odometry_x', 'kitti_singles_1242x375')
DNANO = NanoForm()
LITE0 = 'first four levels of EfficientNet-Lite0, ImageNet'


def _decoder(channels=DNANO.decoder.channels, **changes):
    return replace(DNANO.decoder, channels=channels, **changes)


FORMS = {
    'dnano': DNANO,
    'dense everywhere': replace(DNANO, dense_channels=10_000),
    'separable above 32 channels': replace(DNANO, dense_channels=32),
    'separable everywhere': replace(DNANO, dense_channels=0),
    'separable above 32 channels, half as wide again': NanoForm(
        (24, 48, 96, 192, 256, 384), dense_channels=32, decoder=_decoder((24, 24, 48, 96, 128, 192))
    ),
    '5x5 at the first level': replace(DNANO, kernels=(5, 3, 3, 3, 3, 3)),
    '5x5 everywhere': replace(DNANO, kernels=(5, 5, 5, 5, 5, 5)),
    'stride in the second of a pair': replace(DNANO, strided_first=False),
    'one convolution a level in the decoder': replace(DNANO, decoder=_decoder(upconv='none')),
    'decoder convolves after upsampling': replace(DNANO, decoder=_decoder(upconv='after')),
    'decoder to full size': replace(DNANO, decoder=_decoder(finest_level=1)),
    'five levels': NanoForm((16, 32, 64, 128, 256), (3,) * 5, decoder=_decoder((16, 16, 32, 64, 128))),
}
CANDIDATES = (*FORMS, LITE0)


def build(name: str, lite0: Path | None = None) -> OptiDepthNet:
    """Return a candidate with the same fresh weights each time, or with published ones in its encoder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        if name in FORMS:
            network = OptiDepthNet(*FORMS[name].build('batch'))
            initialise(network)
            return network
        whole = build_network('dlite0', norm='batch')
        if lite0:
            initialise_encoder(whole, 'dlite0', lite0)
        whole.encoder.levels, whole.encoder.channels = whole.encoder.levels[:4], whole.encoder.channels[:4]
        style = Style(separable=True, norm='batch', dense_channels=DNANO.dense_channels)
        whole.decoder = Decoder(style, whole.encoder.channels, DecoderForm((16, 16, 32, 48), 'before', 2))
        initialise(whole.decoder)
        return whole


def main() -> None:
    """Run the command given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path, metavar='DIR')
    parser.add_argument('what', choices=('speed', 'train', 'table'))
    parser.add_argument('--data', type=Path, nargs='+', help='recordings')
    parser.add_argument('--proxies', type=Path, help='stereo matches of an earlier training')
    parser.add_argument('--lite0', type=Path, help="EfficientNet-Lite0's published weights")
    parser.add_argument('--steps', type=int, default=150, help='of 8 pairs; default: %(default)s')
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    path = args.folder / 'search.json'
    rows = json.loads(path.read_text()) if path.exists() else {name: {} for name in ('pydnet', *CANDIDATES)}
    torch.set_flush_denormal(True)  # weights near zero slow down processors
    if args.what == 'speed':
        for name, row in measure_speed().items():
            rows[name] |= row
            write_json(path, rows)
    elif args.what == 'train':
        for name in (name for name in CANDIDATES if 'proxy_outliers' not in rows[name]):
            rows[name] |= train(name, args)
            write_json(path, rows)
            print(f'{name}: {rows[name]}', flush=True)
    else:
        fill('performance.md', {'search': format_table(rows)})
    print(format_table(rows))


def measure_speed(rounds: int = 20) -> dict[str, dict]:
    """Return processor milliseconds, speed relative to PyDNet, and costs, by name."""
    torch.set_num_threads(1)
    peer = load_peer(Path(__file__).parents[1] / 'speed' / 'peers', 'pydnet').build().eval()
    networks = {'pydnet': peer} | {name: Finest(fold(build(name))) for name in CANDIDATES}
    runtimes = {
        name: OpenVino(TorchNetwork('', lambda network=network: network), 1) for name, network in networks.items()
    }
    pixels = np.random.default_rng(0).random((1, 3, *SPEED_SIZE), np.float32)
    times = {name: [] for name in networks}
    for number in range(-2, rounds):
        for name, runtime in runtimes.items():
            runtime(pixels)  # the others have filled the caches
            start = time.process_time()
            runtime(pixels)
            if number >= 0:
                times[name].append(1e3 * (time.process_time() - start))
    return {
        name: {
            'cpu_ms': float(np.median(times[name])),
            'parameters': count_parameters(network),
            'times': float(np.median(np.divide(times['pydnet'], times[name]))),
            **asdict(count_costs(network, *SPEED_SIZE)),
        }
        for name, network in networks.items()
    }


def train(name: str, args) -> dict:
    """Return the metrics on held-out scenes after a short training, and the images per second of wall-clock time."""
    training, validation = split_scenes(open_all(args.data, SceneOptions()), HELD_OUT)
    form = partial(PairDataset, canonical=CANONICAL, proxies=ProxyCache(args.proxies or args.folder / 'proxies'))
    budget = Budget(args.steps)
    data = PairData(
        form(training),
        form(validation),
        rehearsal=Rehearsal(),
        variation=Variation(zoom_probability=1, photometric_probability=0.5),
        shapes=TRAINING_SHAPES,
        batch_size=8,
        steps=args.steps,
        workers=1,
        seed=0,
        budget=budget,
    )
    weights = LossWeights(proxy=1)
    module = DepthModule(
        build(name, args.lite0),
        weights,
        learning_rate=4e-3,
        encoder_rate=1.0,
        decay=0.02,
        schedule='cosine',
        share_done=budget.share,
        far=CANONICAL.unit / SKY_METRES,
    )
    trainer = lightning.Trainer(
        max_steps=args.steps,
        precision='32-true',
        gradient_clip_val=1.0,
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        limit_val_batches=1.0,
        val_check_interval=args.steps,
        check_val_every_n_epoch=None,
        callbacks=[WarmWeightAveraging(0.99, measured=True), BudgetEnd(budget)],
    )
    trainer.fit(module, data)
    measures = {key: float(trainer.callback_metrics[key]) for key in ('proxy_outliers', 'photometric')}
    return {
        **measures,
        'steps': args.steps,
        'images_per_second': 8 * args.steps / budget.elapsed(),
        'published_weights': bool(args.lite0) and name == LITE0,
    }


def format_table(rows: dict[str, dict]) -> str:
    """Return lines in Markdown; cells that were not measured are empty."""
    columns = {
        'CPU ms': ('cpu_ms', '.1f'),
        'times PyDNet': ('times', '.2f'),
        'GMAC': ('gmac', '.2f'),
        'M values moved': ('values', '.1f'),
        'layers': ('layers', 'd'),
        'depthwise': ('depthwise', 'd'),
        'M param': ('parameters', '.2f'),
        'outliers': ('proxy_outliers', '.3f'),
        'photometric': ('photometric', '.3f'),
    }
    lines = []
    for name, row in rows.items():
        values = [(row.get(key), form) for key, form in columns.values()]
        if row.get('parameters'):
            values[6] = (row['parameters'] / 1e6, '.2f')
        lines.append([name, *('' if value is None else f'{value:{form}}' for value, form in values)])
    return table(['', *columns], lines)


if __name__ == '__main__':
    main()
