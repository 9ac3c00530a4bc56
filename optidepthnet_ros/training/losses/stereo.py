"""The whole training loss over both views and four scales."""

from dataclasses import dataclass
from functools import partial

from torch.nn import functional as F

from optidepthnet_ros.training.losses.appearance import appearance_error
from optidepthnet_ros.training.losses.consistency import consistency_loss
from optidepthnet_ros.training.losses.hints import better_hints, hint_loss
from optidepthnet_ros.training.losses.proxy import proxy_loss
from optidepthnet_ros.training.losses.smoothness import smoothness_loss
from optidepthnet_ros.training.losses.transfer import transfer_loss
from optidepthnet_ros.training.losses.view_synthesis import warp_left_from_right, warp_right_from_left
from optidepthnet_ros.training.losses.visibility import seen_by_left, seen_by_right


@dataclass(frozen=True)
class LossWeights:
    """What each term counts; smoothness is halved at every coarser scale (Godard et al., section 3.3).

    The terms of stereo matching (proxy or hints) and of a teacher are averaged over the scales.

    :param occlusion: whether the appearance term leaves out what the other view does not see
    """

    appearance: float = 1.0
    smoothness: float = 0.1
    consistency: float = 1.0
    proxy: float = 0.0
    hints: float = 0.0
    teacher: float = 0.0
    occlusion: bool = False


def stereo_loss(disparities, batch, weights: LossWeights):
    """Weigh and add all terms.

    :param disparities: the network's four outputs for the left image, (N, 2, H / 2**i, W / 2**i)
    :param batch: ``left`` and ``right`` (N, C, H, W) in 0..1; ``baseline_ratio`` (N,), the pair's baseline
        over the network's; with a proxy or hints weight also ``left_proxy`` and ``right_proxy`` (N, 1, H, W), with a
        teacher weight ``taught`` (N, 2, H, W) of the network's rig
    :return: the sum, and its weighted terms by name, all scalars
    """
    ratio = batch['baseline_ratio'][:, None, None, None]
    # The network speaks for its own rig: this pair's baseline shifts pixels in proportion.
    scales = [(disparity * ratio).split(1, dim=1) for disparity in disparities]
    terms = {}
    if weights.appearance or weights.smoothness or weights.consistency:
        terms |= _matching_terms(scales, batch['left'], batch['right'], weights)
    if weights.proxy:
        terms['proxy'] = weights.proxy * _proxy_term(scales, batch)
    if weights.hints:
        terms['hints'] = weights.hints * _hint_term(scales, batch)
    if weights.teacher:
        terms['teacher'] = (
            weights.teacher
            / len(disparities)
            * sum(
                transfer_loss(_enlarged(disparity, scale), batch['taught'])
                for scale, disparity in enumerate(disparities)
            )
        )
    return sum(terms.values()), terms


def _matching_terms(scales, left_image, right_image, weights):
    """Return the three losses of Godard et al., summed over scales."""
    terms = dict.fromkeys(('appearance', 'smoothness', 'consistency'), 0.0)
    for scale, (left, right) in enumerate(scales):
        if scale:
            left_image, right_image = F.avg_pool2d(left_image, 2), F.avg_pool2d(right_image, 2)
        terms['appearance'] += weights.appearance * (
            _mean(
                appearance_error(warp_left_from_right(right_image, left), left_image),
                seen_by_right(left) if weights.occlusion else None,
            )
            + _mean(
                appearance_error(warp_right_from_left(left_image, right), right_image),
                seen_by_left(right) if weights.occlusion else None,
            )
        )
        terms['smoothness'] += (
            weights.smoothness / 2**scale * (smoothness_loss(left, left_image) + smoothness_loss(right, right_image))
        )
        terms['consistency'] += weights.consistency * consistency_loss(left, right)
    return terms


def _mean(error, counted=None):
    return error.mean() if counted is None else (error * counted).sum() / counted.sum()


def _proxy_term(scales, batch):
    return _mean_over_scales(
        scales, lambda left, right: proxy_loss(left, batch['left_proxy']) + proxy_loss(right, batch['right_proxy'])
    )


def _hint_term(scales, batch):
    # The finest disparities choose for all scales: they are the ones that are used in the end.
    left, right = scales[0]
    left_better = better_hints(batch['left_proxy'], left, batch['left'], partial(warp_left_from_right, batch['right']))
    right_better = better_hints(
        batch['right_proxy'], right, batch['right'], partial(warp_right_from_left, batch['left'])
    )
    return _mean_over_scales(
        scales,
        lambda left, right: (
            hint_loss(left, batch['left_proxy'], left_better) + hint_loss(right, batch['right_proxy'], right_better)
        ),
    )


def _mean_over_scales(scales, loss):
    """Of a loss at full size, where stereo matching has its edges."""
    return sum(
        loss(_enlarged(left, scale), _enlarged(right, scale)) for scale, (left, right) in enumerate(scales)
    ) / len(scales)


def _enlarged(disparity, scale):
    return F.interpolate(disparity, scale_factor=2**scale, mode='bilinear') if scale else disparity
