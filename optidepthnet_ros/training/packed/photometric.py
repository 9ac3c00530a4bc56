# SPDX-License-Identifier: Apache-2.0
"""Varies the light, colour, sharpness and noise of a batch on its device, then sets exposure as inference does."""

from collections.abc import Callable

import torch
from torch.nn import functional as F

from optidepthnet_ros.imaging.exposure import STRONGEST, TYPICAL

BLUR_RADIUS = 4
CHANNEL_GAINS = 0.2
MOST_SATURATED = 1.6  # times as far from gray
GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601


def luminance(image: torch.Tensor) -> torch.Tensor:
    """(N, 3, H, W), red first, to (N, 1, H, W)."""
    # Numbers instead of a tensor, because copying it to the device would end the recording of a CUDA graph.
    red, green, blue = GRAY
    return red * image[:, :1] + green * image[:, 1:2] + blue * image[:, 2:]


def vary(image: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Vary a batch (N, C, H, W) in 0..1: gamma, brightness, colour, blur (also of motion) and noise, each randomly."""
    count = len(image)

    def uniform(low: float, high: float, channels: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(count, channels, 1, 1, device=image.device, generator=random)

    def chosen(share: float) -> torch.Tensor:
        return uniform(0, 1, 1) < share

    if image.shape[1] == 3:
        saturated = torch.lerp(luminance(image), image, uniform(0, MOST_SATURATED, 1)).clamp(0, 1)
        image = torch.where(chosen(0.4), saturated, image)
    gamma, brightness = uniform(-0.35, 0.35, 1).exp(), uniform(-0.7, 0.7, 1).exp()
    shaded = image.clamp(min=1e-3) ** gamma * brightness * uniform(1 - CHANNEL_GAINS, 1 + CHANNEL_GAINS, image.shape[1])
    image = torch.where(chosen(0.6), shaded.clamp(max=1), image)
    image = torch.where(chosen(0.35), _blurred(image, uniform), image)
    noise = torch.randn(image.shape, device=image.device, generator=random) * uniform(0, 0.04, 1)
    return torch.where(chosen(0.5), image + noise, image).clamp(0, 1)


def exposed(image: torch.Tensor) -> torch.Tensor:
    """Scale each image to the typical median, as :mod:`optidepthnet_ros.imaging.exposure` does for inference."""
    median = image.flatten(1)[:, ::7].median(1).values[:, None, None, None]
    return (image * (TYPICAL / 255 / median.clamp(min=1 / 255)).clamp(max=STRONGEST)).clamp(max=1)


def as_shown(image: torch.Tensor) -> torch.Tensor:
    """Return the network input for images (N, 1 or 3, H, W): exposure normalised, gray repeated on three channels."""
    return exposed(image).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)


def _blurred(image: torch.Tensor, uniform: Callable[[float, float, int], torch.Tensor]) -> torch.Tensor:
    """Blur each image with a Gaussian that is longer in one direction."""
    long, short, angle = uniform(0.3, 2.0, 1), uniform(0.3, 1.0, 1), uniform(0, torch.pi, 1)
    axis = torch.arange(-BLUR_RADIUS, BLUR_RADIUS + 1, device=image.device)
    x, y = axis[None, None, None, :], axis[None, None, :, None]
    along, across = x * angle.cos() + y * angle.sin(), y * angle.cos() - x * angle.sin()
    kernel = (-((along / long) ** 2) / 2 - (across / short) ** 2 / 2).exp()
    kernel = kernel / kernel.sum((-2, -1), keepdim=True)
    padded = F.pad(image, (BLUR_RADIUS,) * 4, mode='replicate').transpose(0, 1)
    return F.conv2d(padded, kernel, groups=len(image)).transpose(0, 1)
