# SPDX-License-Identifier: Apache-2.0
"""Cuts views out of packed samples on the device: resized, rolled, mirrored; inverse depth is transformed exactly."""

import math
from dataclasses import dataclass

import torch

from optidepthnet_ros.training.packed.codes import FINE, UNKNOWN
from optidepthnet_ros.training.packed.store import SampleStore

SMOOTH = 0.05  # in log inverse depth: four neighbours that differ by less are one surface and are interpolated


@dataclass(frozen=True)
class Views:
    """A batch.

    :param image: (N, 1 or 3, H, W) in 0..1, gray or red first
    :param log_inverse: (N, LABELS, H, W) log of inverse depth in 1/m, for the zoomed view; NaN unknown
    :param sky: (N, 1, H, W) bool
    :param source: (N, LABELS) 1 + index in ``SOURCES``, 0 without label
    """

    image: torch.Tensor
    log_inverse: torch.Tensor
    sky: torch.Tensor
    source: torch.Tensor


@dataclass(frozen=True)
class Window:
    """The windows to cut out of N samples: (N,) tensors.

    :param zoom: a view with zoom z has the focal length z f_c, and depth divided by z
    :param roll: radians; a roll about the optical axis does not change depth
    :param mirror: 1 or -1
    :param centre: (N, 2), x and y in pixels of the packed image
    """

    zoom: torch.Tensor
    roll: torch.Tensor
    mirror: torch.Tensor
    centre: torch.Tensor


def cut(store: SampleStore, items: torch.Tensor, window: Window, size: tuple[int, int], focal: float) -> Views:
    """Cut N views of one size (height, width) at the canonical focal length ``focal`` out of samples ``items``."""
    x, y = _source_positions(store, items, window, size, focal)
    image = _bilinear(store, items, x, y)
    codes = torch.stack([_codes(store, items, slot, x, y) for slot in range(store.label_layout.shape[1])], 1)
    log_inverse = (codes - 1) * FINE.step - math.log(FINE.farthest)
    known = (codes != UNKNOWN) & (codes < FINE.sky - 1)
    log_inverse = (log_inverse + window.zoom.log()[:, None, None, None]).masked_fill(~known, torch.nan)
    return Views(
        image / 255, log_inverse, (codes >= FINE.sky - 1).any(1, keepdim=True), store.label_layout[items, :, 3]
    )


def _source_positions(
    store: SampleStore, items: torch.Tensor, window: Window, size: tuple[int, int], focal: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Positions of the view's pixels in the packed images: x and y, (N, H, W)."""
    height, width = size
    device = store.device
    scale = (store.focal[items] / (focal * window.zoom))[:, None, None]
    columns = (torch.arange(width, device=device) - (width - 1) / 2)[None, None, :] * window.mirror[:, None, None]
    rows = (torch.arange(height, device=device) - (height - 1) / 2)[None, :, None]
    cosine, sine = window.roll.cos()[:, None, None], window.roll.sin()[:, None, None]
    x = window.centre[:, 0, None, None] + scale * (cosine * columns - sine * rows)
    y = window.centre[:, 1, None, None] + scale * (sine * columns + cosine * rows)
    return x, y


def _bilinear(store: SampleStore, items: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) pixel values, 0 to 255; positions outside read the border."""
    offset, height, width, channels = (part[:, None, None] for part in store.image_layout[items].unbind(1))
    x, y = _clamped(x, width), _clamped(y, height)
    left, top = x.floor().long(), y.floor().long()
    right, bottom = torch.minimum(left + 1, width - 1), torch.minimum(top + 1, height - 1)
    wx, wy = (x - left)[:, None], (y - top)[:, None]
    channel = torch.arange(store.channels, device=x.device)[None, :, None, None].minimum(channels[:, None] - 1)

    def at(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        return store.pixels[((offset + (row * width + column) * channels)[:, None] + channel)].float()

    upper = torch.lerp(at(top, left), at(top, right), wx)
    lower = torch.lerp(at(bottom, left), at(bottom, right), wx)
    return torch.lerp(upper, lower, wy)


def _codes(store: SampleStore, items: torch.Tensor, slot: int, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """(N, H, W) codes, float32: interpolated within a surface, else of the nearest pixel; unknown outside."""
    offset, height, width, source = (part[:, None, None] for part in store.label_layout[items, slot].unbind(1))
    image_height, image_width = (store.image_layout[items, part][:, None, None] for part in (1, 2))
    inside = (x > -0.5) & (y > -0.5) & (x < image_width - 0.5) & (y < image_height - 0.5) & (source > 0)
    x = _clamped((x + 0.5) * width / image_width - 0.5, width)
    y = _clamped((y + 0.5) * height / image_height - 0.5, height)
    left, top = x.floor().long(), y.floor().long()
    right, bottom = torch.minimum(left + 1, width - 1), torch.minimum(top + 1, height - 1)
    corners = torch.stack(
        [store.codes[offset + row * width + column] for row in (top, bottom) for column in (left, right)]
    ).float()
    wx, wy = x - left, y - top
    smooth = torch.lerp(torch.lerp(corners[0], corners[1], wx), torch.lerp(corners[2], corners[3], wx), wy)
    nearest_corner = 2 * (wy >= 0.5).long() + (wx >= 0.5).long()
    nearest = corners.gather(0, nearest_corner[None])[0]
    one_surface = (corners.amax(0) - corners.amin(0) < SMOOTH / FINE.step) & (corners.amin(0) > UNKNOWN)
    return torch.where(one_surface, smooth, nearest) * inside


def _clamped(position: torch.Tensor, size: torch.Tensor) -> torch.Tensor:
    return torch.minimum(position.clamp(min=0), (size - 1).to(position.dtype))
