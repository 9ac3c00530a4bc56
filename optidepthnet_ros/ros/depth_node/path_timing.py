# SPDX-License-Identifier: Apache-2.0
"""How long each step of a frame takes, from its message to the output messages, without DDS."""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from itertools import count

import numpy as np
from sensor_msgs.msg import Image, PointCloud2

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.inference import DepthEstimate, DepthEstimator
from optidepthnet_ros.inference.reliable import reliable_depth
from optidepthnet_ros.inference.runtimes.runtime import Runtime
from optidepthnet_ros.inference.temporal_filter import TemporalFilter
from optidepthnet_ros.messages.image import image_from_message
from optidepthnet_ros.ros.conversions.image_message import write_depth, write_image
from optidepthnet_ros.ros.conversions.point_cloud_message import CloudOptions, write_cloud
from optidepthnet_ros.ros.depth_node.input_watch import InputWatch
from optidepthnet_ros.scale.filter import FilterLimits
from optidepthnet_ros.scale.messages import evidence_of_cloud_message
from optidepthnet_ros.scale.tracker import Frame, ScaleTracker

HEIGHT, WIDTH = 480, 640
_CAMERA = Camera(WIDTH, HEIGHT, 525.0, 525.0, 319.5, 239.5)
NETWORK, AROUND, SCALE = 'network', 'all but the network', 'with scale_source: 5000 points'
_POINTS = 5000


def measure(estimator: DepthEstimator, rounds: int) -> dict[str, dict[str, float]]:
    """Return the median milliseconds of each part, by the clock (``ms``) and of the processor (``cpu_ms``)."""
    parts = _parts(estimator)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in parts}
    for number in range(-2, rounds):
        for name, part in parts.items():
            wall, processor = time.perf_counter(), time.process_time()
            part()
            if number >= 0:
                times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    medians: dict[str, np.ndarray] = {name: np.median(1e3 * np.array(values), axis=0) for name, values in times.items()}
    medians[AROUND] = np.sum([value for name, value in medians.items() if name not in (NETWORK, SCALE)], axis=0)
    medians[SCALE] = medians.pop(SCALE)  # moved behind the sum, which does not include it
    return {name: {'ms': float(wall), 'cpu_ms': float(processor)} for name, (wall, processor) in medians.items()}


def _parts(estimator: DepthEstimator) -> dict[str, Callable[[], object]]:
    """Return functions without arguments, in the order in which the node calls them."""
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    message, depth_message, cloud_message = Image(), Image(), PointCloud2()
    write_image(message, pixels, 'bgr8')
    seen = estimator.as_seen(pixels)
    inputs = estimator.network_input(seen, estimator.view(_CAMERA))
    answer = estimator.running.runtime(inputs).copy()
    around = copy(estimator)
    around.running = replace(estimator.running, runtime=_Known(answer))
    watch, steady, stamps = InputWatch(), TemporalFilter(), count(0, 0.03)
    latest = [around.estimate(seen, _CAMERA)]

    def estimate() -> None:
        latest[0] = around.estimate(seen, _CAMERA)

    return {
        'decode, to gray': lambda: estimator.as_seen(image_from_message(message)),
        'input check': lambda: watch.judge(seen, 0),
        NETWORK: lambda: estimator.running.runtime(inputs),
        'to and from the network': estimate,
        'temporal filter': lambda: steady(answer[0, 0], inputs[0, 1], source='', seconds=next(stamps), strength=0.7),
        SCALE: _scale_part(latest),
        'edge filter, range limits': lambda: reliable_depth(
            latest[0], min_depth=0.1, max_depth=80.0, edge_filter_threshold=0.1
        ),
        'depth message': lambda: write_depth(depth_message, latest[0].depth, '32FC1'),
        'cloud message, xyz and rgb': lambda: write_cloud(cloud_message, latest[0].depth, _CAMERA, pixels),
    }


class _Known(Runtime):
    """Replaces the network by a known answer, so that the steps around it can be measured separately."""

    def __init__(self, answer: np.ndarray):
        self._answer = answer

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        return self._answer


def _scale_part(latest: list[DepthEstimate]) -> Callable[[], object]:
    """Return a function that corrects a frame by a point cloud over the whole image, for depth that is 30 % too far.

    :param latest: holds the estimate to correct, whose depth is always the same at first
    """
    message, tracker, stamps = PointCloud2(), ScaleTracker(FilterLimits(), tolerance=0.05), count(0, 10**8)
    known = np.full_like(latest[0].depth, np.nan)
    chosen = np.random.default_rng(0).choice(known.size, _POINTS, replace=False)
    known.flat[chosen] = latest[0].depth.flat[chosen] / np.float32(1.3)
    write_cloud(message, known, _CAMERA, options=CloudOptions(dense=True))

    def correct() -> None:
        frame = Frame(next(stamps), 'camera', latest[0].depth, _CAMERA)
        tracker.offer(frame.stamp, lambda frame: evidence_of_cloud_message(message, frame, np.eye(4)))
        tracker.update(frame).applied.depth(frame.depth, out=frame.depth)

    return correct


def format_parts(parts: dict[str, dict[str, float]]) -> str:
    """Return a table in Markdown."""
    lines = ['| | ms | CPU ms |', '|---|---:|---:|']
    lines += [f'| {name} | {value["ms"]:.2f} | {value["cpu_ms"]:.2f} |' for name, value in parts.items()]
    return '\n'.join(lines)
