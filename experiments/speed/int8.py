# SPDX-License-Identifier: Apache-2.0
"""How far depth deviates from float32 with more and more layers in int8, and the speed: whether int8 could be shipped.

    pip install nncf
    python -m experiments.speed.int8 CHECKPOINT --frames RECORDING... --output experiments/records/int8.json

Post-training quantisation by NNCF, calibrated on frames of recordings that the network may have been trained on. Depth
is compared with float32 on the shipped frames, which it was not calibrated on, in the same way as by `runtime: auto`.
The first layer and the heads always stay in float32. The other layers form groups, one for each level of the encoder
and of the decoder. Each group is quantised alone, to measure its error; then all together; then the groups that are
within the bounds alone, without the 1, 2, 3 ... that have the largest error for the work they save, until depth is
right.

For depth, layers in int8 are computed as on a processor with VNNI: OpenVINO's own int8 is switched off, and the
quantised model runs in float32, with each tensor rounded to its 256 values. Without VNNI, int8 would also saturate.

Speed is measured with OpenVINO's own int8, on one thread, as a ratio to `openvino-bf16`; the layers that are not in
int8 are in float32, or computed as in that runtime. All take turns; a turn is an untimed call and a timed one. The
result is the median processor time. Without bfloat16 units the record says null: all processors with them have VNNI.
"""

import argparse
import json
import re
import time
from pathlib import Path

import nncf
import numpy as np
import openvino

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.inference import DepthEstimator
from optidepthnet_ros.inference.runtimes.agreement import MEDIAN, MOST, measure_agreement
from optidepthnet_ros.inference.runtimes.openvino_cpu import OpenVinoBfloat16, settings, to_openvino
from optidepthnet_ros.inference.runtimes.openvino_precision import with_exact_ends
from optidepthnet_ros.inference.runtimes.this_machine import machine
from optidepthnet_ros.network.finest import Finest
from optidepthnet_ros.recordings.recognise import SceneOptions, open_all
from optidepthnet_ros.recordings.report import spread

PRECISIONS = 'f32', 'bf16'  # of layers that are not in int8
SIZES = (219, 293), (256, 512)  # the first is for a camera of 640x480
ROUNDS = 24
SHARE = 'share of multiply-accumulates in int8'
ALWAYS_FLOAT = re.compile(r'heads\.|encoder\.\w+\.0\.0\.')


def main() -> None:
    """Quantise, compare, write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--frames', type=Path, nargs='+', required=True, metavar='RECORDING')
    parser.add_argument('--count', type=int, default=24, help='frames to calibrate on; default: %(default)s')
    parser.add_argument('--output', type=Path, required=True, metavar='FILE', help='entries of other networks are kept')
    args = parser.parse_args()
    nncf.set_log_level(40)
    estimator = DepthEstimator(Checkpoint.load(args.checkpoint), 1, 'torch')
    experiment = Experiment(estimator, calibration_frames(estimator, args.frames, args.count))
    record = {
        'sha256': estimator.digest,
        'calibrated on': len(experiment.frames),
        'compared on': len(experiment.compared),
        'nncf': nncf.__version__,
        'openvino': openvino.__version__,
        'groups': experiment.alone(),
    }
    record['kept'], quantised = experiment.together(record['groups'])
    plain, *speeds = relative_speeds([experiment.plain, *quantised])
    record['timed on'] = {'processor': machine(), 'rounds': ROUNDS}
    record['speed without int8'] = plain
    for row, speed in zip(record['kept'], speeds):
        row['speed'] = speed
    others = json.loads(args.output.read_text()) if args.output.exists() else {}
    write_json(args.output, others | {args.checkpoint.stem: record})


def calibration_frames(estimator, paths, count):
    """Return network inputs for frames of the recordings, evenly spread over all, cut to the same size."""
    items = [(scene, index) for scene in open_all(paths, SceneOptions()) for index in range(len(scene))]
    chosen = [items[position] for position in spread(len(items), count)]
    # Image and depth, or left and right view: the image comes first.
    frames = [estimator.network_input(scene.read(index)[0], estimator.view(scene.camera)) for scene, index in chosen]
    height, width = (min(frame.shape[axis] for frame in frames) for axis in (2, 3))
    return [np.ascontiguousarray(frame[..., :height, :width]) for frame in frames]


class Experiment:
    """One network.

    :param frames: frames to calibrate on
    :ivar plain: openvino.Model without int8
    """

    def __init__(self, estimator, frames):
        self.frames = frames
        self.compared = estimator._shipped_frames()[:4]  # the road
        self._network = Finest(estimator.checkpoint.folded)
        self.plain = self._model(self.compared)
        self._float = runner(self.plain, 'f32')
        layers = filter(is_layer, self.plain.get_ordered_ops())
        work = {layer.get_friendly_name(): multiplications(layer) for layer in layers}
        self._work = {name: number / sum(work.values()) for name, number in work.items()}
        self._groups = {}
        for name in self._work:
            if not ALWAYS_FLOAT.search(name):
                self._groups.setdefault(group_of(name), []).append(name)

    def alone(self):
        """Return the effect of each group in int8 with all others in float32, starting with the first to give up."""
        found = []
        for group, layers in self._groups.items():
            found.append({'group': group, **self._measured(layers, self._quantised(layers))})
            print(found[-1], flush=True)
        return sorted(found, key=lambda row: -max(row['median'] / MEDIAN, row['p95'] / MOST) / row[SHARE])

    def together(self, ranking):
        """Return the effect of all groups in int8, then of fewer and fewer of those that are within the bounds alone.

        :return: rows, and the openvino.Model of each
        """
        found, chosen = [self._together(ranking)], [row for row in ranking if row['within bounds']]
        while chosen and not found[-1][0]['within bounds']:
            found.append(self._together(chosen))
            chosen = chosen[1:]
        return zip(*found)

    def _together(self, chosen):
        layers = [name for row in chosen for name in self._groups[row['group']]]
        quantised = self._quantised(layers)
        row = {'groups in float32': len(self._groups) - len(chosen), **self._measured(layers, quantised)}
        print(row, flush=True)
        return row, quantised

    def _quantised(self, layers):
        # Otherwise NNCF would round the sums in residual blocks, and the heads' disparity before it is enlarged.
        kept = [name for name in self._work if name not in layers]
        ignored = nncf.IgnoredScope(names=kept, types=['Interpolate', 'Add'])
        quantised = nncf.quantize(
            self._model(self.frames),
            nncf.Dataset(self.frames),
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(self.frames),
            fast_bias_correction=True,
            ignored_scope=ignored,
        )
        quantised.reshape(self.compared[0].shape)
        return quantised

    def _measured(self, layers, quantised):
        agreement = measure_agreement(runner(quantised, 'f32', LP_TRANSFORMS_MODE='NO'), self._float, self.compared)
        return {
            SHARE: sum(self._work[name] for name in layers),
            'median': agreement.median,
            'p95': agreement.most,
            'within bounds': agreement.is_close,
        }

    def _model(self, frames):
        model = to_openvino(self._network, layer_names=True)
        model.reshape(frames[0].shape)
        return model


def runner(model, precision, **more):
    """Return a function that runs a model of one shape on one thread; its result is valid until the next call."""
    request = openvino.Core().compile_model(model, 'CPU', settings(precision, 1) | more).create_infer_request()
    return lambda frame: request.infer([frame], share_inputs=True, share_outputs=True)[0]


def as_shipped(model, precision):
    return with_exact_ends(model.clone()) if precision == 'bf16' else model


def relative_speeds(models):
    """Return the speed of each model relative to the first in bfloat16, by precision and size; or None for each."""
    if OpenVinoBfloat16.obstacle():
        return [None] * len(models)
    taken = {f'{width}x{height}': seconds(models, height, width) for height, width in SIZES}
    return [
        {
            precision: {size: times[0, 'bf16'] / times[index, precision] for size, times in taken.items()}
            for precision in PRECISIONS
        }
        for index in range(len(models))
    ]


def seconds(models, height, width):
    """Return the median processor time, by position among the models and by precision."""
    runs, taken = {}, {}
    for index, model in enumerate(models):
        model.reshape([1, 3, height, width])
        for precision in PRECISIONS:
            runs[index, precision], taken[index, precision] = runner(as_shipped(model, precision), precision), []
    pixels = np.random.default_rng(0).random((1, 3, height, width), np.float32)
    print(f'timing {len(runs)} at {width}x{height}', flush=True)
    for _ in range(ROUNDS):
        for which, run in runs.items():
            run(pixels)
            start = time.process_time()
            run(pixels)
            taken[which].append(time.process_time() - start)
    print('timed', flush=True)
    return {which: float(np.median(times)) for which, times in taken.items()}


def is_layer(operation):
    return operation.get_type_name() in ('Convolution', 'GroupConvolution')


def multiplications(layer):
    """Multiply-accumulates of a convolution for one image; grouped weights are (G, out, in, h, w), others without G."""
    _, channels, height, width = layer.get_output_shape(0)
    *_, inputs, rows, columns = layer.input(1).get_shape()
    return channels * height * width * inputs * rows * columns


def group_of(name):
    """Return the level of the encoder or decoder that a layer belongs to."""
    encoder = re.search(r'encoder\.\w+\.\d+', name)
    return encoder[0] if encoder else f'decoder.{re.search(r"decoder.*?([0-9]+)", name)[1]}'


if __name__ == '__main__':
    main()
