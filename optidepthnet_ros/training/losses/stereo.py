# SPDX-License-Identifier: Apache-2.0
"""The whole training loss over both views and four scales."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import torch
from torch.nn import functional as F

from optidepthnet_ros.imaging.appearance import appearance_error
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right, warp_right_from_left
from optidepthnet_ros.training.losses.consistency import consistency_loss
from optidepthnet_ros.training.losses.hints import better_hints, hint_loss
from optidepthnet_ros.training.losses.proxy import proxy_loss
from optidepthnet_ros.training.losses.smoothness import smoothness_loss
from optidepthnet_ros.training.losses.transfer import transfer_loss
from optidepthnet_ros.training.losses.visibility import seen_by_left, seen_by_right

_Views = tuple[torch.Tensor, torch.Tensor]  # left and right, (N, 1, H, W)


@dataclass(frozen=True)
class LossWeights:
    """The weight of each term; that of smoothness is halved at every coarser scale (Godard et al., section 3.3).

    The terms of stereo matching (proxy or hints) and of a teacher are averaged over the scales. The term of recorded
    depth is not part of :func:`stereo_loss`, see :class:`~optidepthnet_ros.training.packed.objective.Objective`.

    :param occlusion: whether the appearance term leaves out what the other view cannot see
    """

    appearance: float = 0.0
    smoothness: float = 0.0
    consistency: float = 0.0
    proxy: float = 0.0
    hints: float = 0.0
    teacher: float = 0.0
    depth: float = 0.0
    occlusion: bool = False


def stereo_loss(
    disparities: Sequence[torch.Tensor], batch: Mapping[str, torch.Tensor], weights: LossWeights, far: float
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Weight and add all terms except that of recorded depth.

    Terms that warp one view to the other need disparities as fractions of the window width; the others compare
    disparities in the unit of the network: fractions of the canonical width, for the canonical rig.

    :param disparities: the four outputs of the network for the left image, (N, 2, ceil(H / 2**i), ceil(W / 2**i))
    :param batch: ``left`` and ``right`` (N, C, H, W) in 0..1; ``is_pair`` (N,) bool, whether there is a right view,
        without which a frame does not count in the first three terms; ``width_of_one`` (N,), pixels of these images for
        a disparity of 1 with the baseline of this pair; with a proxy or hints weight also ``left_proxy`` and
        ``right_proxy`` (N, 1, H, W), with a teacher weight ``taught`` (N, 2, H, W), both in the unit of the network
    :param far: the disparity below which everything counts as sky, in the unit of the network
    :return: the sum, and its weighted terms by name, all scalars
    """
    terms: dict[str, torch.Tensor] = {}
    shifts = [_views(of_width(disparity, batch, scale)) for scale, disparity in enumerate(disparities)]
    if weights.appearance or weights.smoothness or weights.consistency:
        terms |= _matching_terms(shifts, batch, weights)
    if weights.proxy or weights.hints or weights.teacher:
        full = [_enlarged(disparity, scale, batch['left']) for scale, disparity in enumerate(disparities)]
    if weights.proxy:
        terms['proxy'] = weights.proxy * _mean_over_scales(
            full,
            lambda left, right: (
                proxy_loss(left, batch['left_proxy'], far) + proxy_loss(right, batch['right_proxy'], far)
            ),
        )
    if weights.hints:
        terms['hints'] = weights.hints * _hint_term(full, shifts[0], batch)
    if weights.teacher:
        terms['teacher'] = (
            weights.teacher / len(full) * _sum(transfer_loss(disparity, batch['taught']) for disparity in full)
        )
    return _sum(terms.values()) if terms else disparities[0].new_zeros(()), terms


def of_width(disparity: torch.Tensor, batch: Mapping[str, torch.Tensor], scale: int = 0) -> torch.Tensor:
    """Return network disparities (N, C, H, W) as fractions of the image width; pixels are ``2**scale`` wide."""
    return disparity * (batch['width_of_one'] / (2**scale * disparity.shape[-1]))[:, None, None, None]


def _matching_terms(
    scales: Iterable[_Views], batch: Mapping[str, torch.Tensor], weights: LossWeights
) -> dict[str, torch.Tensor]:
    """Return the three losses of Godard et al., summed over scales; a pair counts as in a batch of only pairs."""
    left_image, right_image, pairs = batch['left'], batch['right'], batch['is_pair']
    terms = dict.fromkeys(('appearance', 'smoothness', 'consistency'), left_image.new_zeros(()))
    if not pairs.any():
        return terms
    if not pairs.all():
        scales = [(left[pairs], right[pairs]) for left, right in scales]
        left_image, right_image = left_image[pairs], right_image[pairs]
    for scale, (left, right) in enumerate(scales):
        if scale:
            left_image, right_image = _halved(left_image), _halved(right_image)
        terms['appearance'] = terms['appearance'] + weights.appearance * (
            _mean(
                appearance_error(warp_left_from_right(right_image, left), left_image),
                seen_by_right(left) if weights.occlusion else None,
            )
            + _mean(
                appearance_error(warp_right_from_left(left_image, right), right_image),
                seen_by_left(right) if weights.occlusion else None,
            )
        )
        terms['smoothness'] = terms['smoothness'] + (
            weights.smoothness / 2**scale * (smoothness_loss(left, left_image) + smoothness_loss(right, right_image))
        )
        terms['consistency'] = terms['consistency'] + weights.consistency * consistency_loss(left, right)
    return {name: pairs.float().mean() * term for name, term in terms.items()}


def _halved(image: torch.Tensor) -> torch.Tensor:
    """Halve the size; if it is odd, the last row or column is averaged alone, as in the network."""
    return F.avg_pool2d(image, 2, ceil_mode=True, count_include_pad=False)


def _mean(error: torch.Tensor, counted: torch.Tensor | None) -> torch.Tensor:
    return error.mean() if counted is None else (error * counted).sum() / counted.sum()


def _hint_term(full: list[torch.Tensor], finest: _Views, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
    # The finest disparities decide for all scales, because they are the ones that are used in the end.
    left_better, right_better = (
        better_hints(of_width(batch[f'{view}_proxy'], batch), disparity, batch[view], rebuild)
        for view, disparity, rebuild in (
            ('left', finest[0], partial(warp_left_from_right, batch['right'])),
            ('right', finest[1], partial(warp_right_from_left, batch['left'])),
        )
    )
    return _mean_over_scales(
        full,
        lambda left, right: (
            hint_loss(left, batch['left_proxy'], left_better) + hint_loss(right, batch['right_proxy'], right_better)
        ),
    )


def _mean_over_scales(
    full: list[torch.Tensor], loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """Return the mean over all scales of a loss at full size, at which stereo matching has its edges."""
    return _sum(loss(*_views(disparity)) for disparity in full) / len(full)


def _views(disparity: torch.Tensor) -> _Views:
    left, right = disparity.split(1, dim=1)
    return left, right


def _sum(scalars: Iterable[torch.Tensor]) -> torch.Tensor:
    return reduce(torch.add, scalars)


def _enlarged(disparity: torch.Tensor, scale: int, image: torch.Tensor) -> torch.Tensor:
    """Resize to the size of the image; anything beyond it is cropped, as in the network."""
    if not scale:
        return disparity
    height, width = image.shape[-2:]
    return F.interpolate(disparity, scale_factor=2**scale, mode='bilinear')[..., :height, :width]
