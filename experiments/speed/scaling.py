# SPDX-License-Identifier: Apache-2.0
"""How the cost of a network grows with image size, threads and cameras, and the processor's limits, in one picture.

    python -m experiments.speed.scaling --output DIR [--networks dnano dlite0 dvgg] [--rounds 10] [--seconds 5]

Everything runs in OpenVINO float32, on all cores: sizes and threads alternately, see `optidepthnet benchmark`;
cameras as processes of one thread each that run at the same time. The roofs are measured, too: multiply-accumulates of
a matrix product, and bytes that a copy reads and writes, both on one thread. Bytes of a network are those of
`optidepthnet_ros/evaluation/speed/counts.py`. Writes scaling.json and scaling.png; takes about five minutes.
"""

import argparse
import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import numpy as np

from optidepthnet_ros.evaluation.speed.contest import hold
from optidepthnet_ros.evaluation.speed.contestant import Contestant
from optidepthnet_ros.evaluation.speed.report import environment, summary
from optidepthnet_ros.files.atomic import replacing, write_json

SIZES = ((128, 256), (256, 384), (256, 512), (384, 768))  # multiples of 128, as dvgg needs
SIZE = (256, 512)  # for the other two plots
PRODUCT, COPY = 1536, 2**28  # rows of the matrices, bytes of the array


def main() -> None:
    """Measure, write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', type=Path, required=True, metavar='DIR')
    parser.add_argument('--networks', nargs='+', default=('dnano', 'dlite0', 'dvgg'))
    parser.add_argument('--rounds', type=int, default=10)
    parser.add_argument('--seconds', type=float, default=5.0, help='for each number of cameras; default: %(default)s')
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    threads = range(1, os.cpu_count() + 1)
    sizes = {name: _sizes(name, args.rounds) for name in args.networks}
    content = {
        **environment(),
        'roofs': _in_a_process(measure_roofs),
        'sizes': sizes,
        'threads': {name: _threads(name, threads, args.rounds) for name in args.networks},
        'cameras': {name: [_cameras(name, count, args.seconds) for count in threads] for name in args.networks},
        'costs': {name: [_in_a_process(_costs, name, *size) for size in SIZES] for name in args.networks},
    }
    write_json(args.output / 'scaling.json', content)
    draw(args.output / 'scaling.png', content)


def _sizes(name, rounds):
    """Median milliseconds at each of SIZES, on one thread."""
    return _milliseconds([Contestant(name, 'openvino', *size, 1) for size in SIZES], rounds)


def _threads(name, threads, rounds):
    """Median milliseconds with each number of threads."""
    return _milliseconds([Contestant(name, 'openvino', *SIZE, count) for count in threads], rounds)


def _milliseconds(contestants, rounds):
    return [row['ms'] for row in summary(hold(contestants, rounds, partial(print, flush=True)))]


def measure_roofs() -> dict[str, float]:
    """Return the best GMAC/s of a matrix product and GB/s of a copy, counting reads and writes, on one thread."""
    import torch

    torch.set_num_threads(1)
    matrix = torch.rand(PRODUCT, PRODUCT)
    source, target = np.ones(COPY, np.uint8), np.zeros(COPY, np.uint8)
    product = min(_seconds(lambda: torch.mm(matrix, matrix)) for _ in range(10))
    copy = min(_seconds(lambda: np.copyto(target, source)) for _ in range(10))
    return {'gmac_per_s': PRODUCT**3 / product / 1e9, 'gb_per_s': 2 * COPY / copy / 1e9}


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _costs(name, height, width):
    """GMAC, and gigabytes moved in float32."""
    from optidepthnet_ros.evaluation.speed.counts import count_costs

    costs = count_costs(Contestant(name, 'openvino', height, width, 1).build(), height, width)
    return {'gmac': costs.gmac, 'gb': 4 * costs.values / 1e3}


def _in_a_process(function, *arguments):
    # One thread each; libraries read this when they are imported.
    os.environ['OMP_NUM_THREADS'] = '1'
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        return pool.apply(function, arguments)


def _cameras(name, count, seconds):
    """Images per second of N processes together."""
    context = multiprocessing.get_context('spawn')
    ready, results = context.Barrier(count), context.SimpleQueue()
    processes = [context.Process(target=_run_camera, args=(name, seconds, ready, results)) for _ in range(count)]
    for process in processes:
        process.start()
    rate = sum(results.get() for _ in processes)
    for process in processes:
        process.join()
    return rate


def _run_camera(name, seconds, ready, results):
    from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVino
    from optidepthnet_ros.inference.runtimes.torch_network import TorchNetwork

    runtime = OpenVino(TorchNetwork('', Contestant(name, 'openvino', *SIZE, 1).build), 1)
    pixels = np.random.default_rng(0).random((1, 3, *SIZE), np.float32)
    runtime(pixels)
    ready.wait()
    start, images = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < seconds:
        runtime(pixels)
        images += 1
    results.put(images / elapsed)


def draw(path: Path, content: dict) -> None:
    """Draw time over size, images per second over threads and cameras, and the roofline."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4), layout='constrained')
    by_size, by_count, roofline = figure.subplots(1, 3)
    for index, name in enumerate(content['sizes']):
        _draw_network(by_size, by_count, roofline, name, f'C{index}', content)
    _draw_roofs(roofline, content['roofs'])
    by_size.set(xscale='log', yscale='log', xlabel='thousand pixels', ylabel='ms', title='image size, 1 thread')
    by_count.set(
        xlabel='threads, or cameras of 1 thread',
        ylabel='images/s',
        ylim=(0, None),
        xticks=range(1, content['cores'] + 1),
        title=f'{SIZE[1]}x{SIZE[0]}: o threads, x cameras',
    )
    for axes in (by_size, by_count):
        axes.legend()
        axes.grid(alpha=0.3)
    figure.suptitle(f'OpenVINO float32, {content["processor"]}, load average {content["load_average"]:.1f}', fontsize=9)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=110)


def _draw_network(by_size, by_count, roofline, name, colour, content):
    milliseconds, costs = content['sizes'][name], content['costs'][name]
    by_size.plot([height * width / 1e3 for height, width in SIZES], milliseconds, 'o-', color=colour, label=name)
    counts = range(1, len(content['threads'][name]) + 1)
    by_count.plot(counts, [1e3 / value for value in content['threads'][name]], 'o-', color=colour, label=name)
    by_count.plot(counts, content['cameras'][name], 'x--', color=colour)
    roofline.plot(
        [cost['gmac'] / cost['gb'] for cost in costs],
        [1e3 * cost['gmac'] / value for cost, value in zip(costs, milliseconds)],
        'o',
        color=colour,
        label=name,
    )


def _draw_roofs(axes, roofs):
    intensity = np.geomspace(1, 200, 50)
    axes.plot(intensity, np.minimum(roofs['gmac_per_s'], roofs['gb_per_s'] * intensity), color='black')
    axes.set(
        xscale='log',
        yscale='log',
        xlabel='multiply-accumulates for each byte moved',
        ylabel='GMAC/s',
        title=f'roofs: {roofs["gmac_per_s"]:.0f} GMAC/s, {roofs["gb_per_s"]:.0f} GB/s',
    )
    axes.legend()
    axes.grid(alpha=0.3)


if __name__ == '__main__':
    main()
