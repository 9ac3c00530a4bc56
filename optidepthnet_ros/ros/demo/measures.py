# SPDX-License-Identifier: Apache-2.0
"""The figures of the demonstration: the speed of depth, and its values."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from optidepthnet_ros.files.atomic import write_json
from optidepthnet_ros.messages.header import Stamped, stamp_of

IMAGE, DEPTH = '/image', '/depth/image_rect'


class ImageMessage(Stamped, Protocol):
    """The fields of a recorded sensor_msgs/Image that are read."""

    height: int
    width: int
    data: np.ndarray  # uint8


class NoDepth(RuntimeError):
    """The recording has no depth; the message says how much there is."""


@dataclass(frozen=True)
class Measures:
    """Figures of one run; lengths in metres, times in milliseconds.

    :param rate: depth images received per second
    :param latency_median: median time from an image's stamp to the reception of its depth
    :param latency_p95: 95th percentile of the same
    :param valid_share: share of pixels with a finite depth
    """

    frames: int
    depth_images: int
    width: int
    height: int
    rate_hz: float
    latency_median_ms: float
    latency_p95_ms: float
    valid_share: float
    depth_min_m: float
    depth_median_m: float
    depth_max_m: float

    def table(self) -> str:
        """Return the figures as lines of text."""
        rows = (
            ('frames sent', f'{self.frames}  ({self.width}x{self.height} pixels)'),
            ('depth images received', f'{self.depth_images}'),
            ('rate', f'{self.rate_hz:.1f} Hz'),
            ('latency, median', f'{self.latency_median_ms:.0f} ms  (stamp of the image to reception of its depth)'),
            ('latency, 95th percentile', f'{self.latency_p95_ms:.0f} ms'),
            ('valid pixels', f'{self.valid_share:.1%}'),
            ('depth range', f'{self.depth_min_m:.1f} to {self.depth_max_m:.1f} m, median {self.depth_median_m:.1f} m'),
        )
        return '\n'.join(f'  {name:<26}{value}' for name, value in rows)

    def write(self, path: Path) -> None:
        """Write the figures as JSON."""
        write_json(path, asdict(self))


def measure(messages: Iterable[tuple[str, int, ImageMessage]]) -> Measures:
    """Compute the figures from recorded messages of the topics IMAGE and DEPTH.

    :param messages: topic, reception time in nanoseconds, message
    :raises NoDepth: there is no depth in them
    """
    frames, pixels, shape = 0, 0, (0, 0)
    received: list[int] = []
    latencies: list[float] = []
    depths: list[np.ndarray] = []
    for topic, time, message in messages:
        if topic == IMAGE:
            frames += 1
        elif topic == DEPTH:
            shape = message.height, message.width
            depth = depth_of(message)
            received.append(time)
            latencies.append((time - stamp_of(message)) / 1e6)
            depths.append(depth[np.isfinite(depth)])
            pixels += depth.size
    if not depths:
        raise NoDepth(f'{frames} frames were sent, and no depth image came back')
    finite = np.concatenate(depths)
    if not finite.size:
        raise NoDepth(f'{len(depths)} depth images came back for {frames} frames, all without a valid pixel')
    return Measures(
        frames,
        len(depths),
        shape[1],
        shape[0],
        _rate(received),
        float(np.median(latencies)),
        float(np.percentile(latencies, 95)),
        finite.size / pixels,
        float(finite.min()),
        float(np.median(finite)),
        float(finite.max()),
    )


def depth_of(message: ImageMessage) -> np.ndarray:
    """View a 32FC1 image as (H, W) float32 metres."""
    return message.data.view(np.float32).reshape(message.height, message.width)


def image_of(message: ImageMessage) -> np.ndarray:
    """View a bgr8 image as (H, W, 3) uint8."""
    return message.data.reshape(message.height, message.width, 3)


def _rate(times: list[int]) -> float:
    span = (times[-1] - times[0]) / 1e9
    return (len(times) - 1) / span if span else 0.0


def pair_to_show(messages: list[tuple[str, int, ImageMessage]], middle: int) -> tuple[ImageMessage, ImageMessage]:
    """Return image and depth of the frame in the middle of the sequence, or of the nearest one that has depth.

    :raises NoDepth: no depth belongs to a recorded frame
    """
    images = {stamp_of(message): message for topic, _, message in messages if topic == IMAGE}
    depths = [message for topic, _, message in messages if topic == DEPTH and stamp_of(message) in images]
    if not depths:
        raise NoDepth('none of the depth images belongs to a recorded frame')
    depth = depths[min(middle, len(depths) - 1)]
    return images[stamp_of(depth)], depth
