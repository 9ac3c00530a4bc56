"""The whole training loss over both views and four scales."""

from dataclasses import dataclass

from torch.nn import functional as F

from optidepthnet_ros.training.losses.appearance import appearance_error
from optidepthnet_ros.training.losses.consistency import consistency_loss
from optidepthnet_ros.training.losses.proxy import proxy_loss
from optidepthnet_ros.training.losses.smoothness import smoothness_loss
from optidepthnet_ros.training.view_synthesis import warp_left_from_right, warp_right_from_left


@dataclass(frozen=True)
class LossWeights:
    """What each term counts; smoothness is halved at every coarser scale (Godard et al., section 3.3)."""

    appearance: float = 1.0
    smoothness: float = 0.1
    consistency: float = 1.0
    proxy: float = 0.0


def stereo_loss(disparities, batch, weights: LossWeights):
    """Weigh and add all terms.

    :param disparities: the network's four outputs for the left image, (N, 2, H / 2**i, W / 2**i)
    :param batch: ``left`` and ``right`` (N, C, H, W) in 0..1; ``baseline_ratio`` (N,), the pair's baseline
        over the network's; with a proxy weight also ``left_proxy`` and ``right_proxy`` (N, 1, H, W)
    :return: the sum, and its weighted terms by name, all scalars
    """
    terms = dict.fromkeys(('appearance', 'smoothness', 'consistency'), 0.0)
    ratio = batch['baseline_ratio'][:, None, None, None]
    left_image, right_image = batch['left'], batch['right']
    for scale, disparity in enumerate(disparities):
        if scale:
            left_image, right_image = F.avg_pool2d(left_image, 2), F.avg_pool2d(right_image, 2)
        # The network speaks for its own rig: this pair's baseline shifts pixels in proportion.
        left, right = (disparity * ratio).split(1, dim=1)
        terms['appearance'] += weights.appearance * (
            appearance_error(warp_left_from_right(right_image, left), left_image).mean()
            + appearance_error(warp_right_from_left(left_image, right), right_image).mean())
        terms['smoothness'] += weights.smoothness / 2 ** scale * (
            smoothness_loss(left, left_image) + smoothness_loss(right, right_image))
        terms['consistency'] += weights.consistency * consistency_loss(left, right)
    if weights.proxy:
        left, right = (disparities[0] * ratio).split(1, dim=1)
        terms['proxy'] = weights.proxy * (
            proxy_loss(left, batch['left_proxy']) + proxy_loss(right, batch['right_proxy']))
    return sum(terms.values()), terms
