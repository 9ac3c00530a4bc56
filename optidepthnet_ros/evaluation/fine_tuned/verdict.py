# SPDX-License-Identifier: Apache-2.0
"""Decides whether a fine-tuned network may replace its base."""

from dataclasses import dataclass

from optidepthnet_ros.evaluation.summary import Summary

DECISIVE = 'abs_rel'
# Metrics that must not be clearly worse: the sign of a worse difference, and the complaint.
GUARDS = {'delta1': (-1, 'worse in {}'), 'photometric': (1, 'worse in {}')}
OUTDOORS = {'near_sky': (1, 'more of the sky is taken for something near: {}; train with --sky, or on more sky')}
ENOUGH_FRAMES = 5


@dataclass(frozen=True)
class Verdict:
    """Whether the tuned network is better, and the figures that show it."""

    better: bool
    reason: str


def judge(tuned: Summary, frames: int, *, outdoors: bool) -> Verdict:
    """Judge by the differences to the base on frames that were not used for training.

    Better means: the depth error (Abs Rel) is lower, beyond the interval of a paired bootstrap; and neither the share
    of good pixels (delta1) nor, if all frames are stereo pairs, the reconstructed view (photometric) is worse beyond
    its interval. Outdoors, no more of the sky may be near; the other metrics cannot show this, because nothing in the
    sky can be matched.

    :param tuned: metrics of the tuned network, and its difference to the base
    :param frames: number of evaluated frames
    :param outdoors: whether what looks like sky is sky, and not a ceiling
    """
    if frames < ENOUGH_FRAMES:
        return Verdict(
            False,
            f'{frames} held-out frames are too few to judge, {ENOUGH_FRAMES} are needed: '
            'record more, or hold out a larger share',
        )
    decisive = tuned.difference[DECISIVE]
    if not (decisive.is_clear and decisive.mean < 0):
        finding = 'worse' if decisive.is_clear else 'no clear difference'
        return Verdict(False, f'{_figures(tuned, DECISIVE)}: {finding} on {frames} held-out frames')
    for name, (sign, complaint) in (GUARDS | OUTDOORS if outdoors else GUARDS).items():
        difference = tuned.difference.get(name)
        if difference and difference.is_clear and sign * difference.mean > 0:
            return Verdict(False, f'{_figures(tuned, DECISIVE)}, but {complaint.format(_figures(tuned, name))}')
    return Verdict(True, f'{_figures(tuned, DECISIVE)}: better on {frames} held-out frames')


def _figures(tuned: Summary, name: str) -> str:
    difference = tuned.difference[name]
    before = tuned.metrics[name].mean - difference.mean
    assert difference.interval is not None  # of ENOUGH_FRAMES
    low, high = difference.interval
    return (
        f'{name} {before:.4f} -> {tuned.metrics[name].mean:.4f} '
        f'(difference {difference.mean:+.4f}, 95 % {low:+.4f} to {high:+.4f})'
    )
