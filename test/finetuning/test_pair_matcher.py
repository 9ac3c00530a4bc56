# SPDX-License-Identifier: Apache-2.0
"""Images are matched with their counterparts, in any order of arrival."""

from optidepthnet_ros.finetuning.pair_matcher import PairMatcher


def test_pairs_are_matched_within_the_tolerance_and_others_counted():
    matcher = PairMatcher(('left', 'right'), tolerance=5)
    assert matcher.offer('left', 100, 'l100') is None
    assert matcher.offer('right', 104, 'r104') == ('l100', 'r104')
    assert matcher.offer('right', 200, 'r200') is None
    assert matcher.offer('right', 300, 'r300') is None
    assert matcher.offer('left', 206, 'l206') is None  # too far apart
    assert matcher.offer('left', 299, 'l299') == ('l299', 'r300')
    assert matcher.unmatched == 2


def test_images_of_one_side_alone_do_not_fill_the_memory():
    matcher = PairMatcher(('left', 'right'), tolerance=5, waiting=3)
    for stamp in range(0, 1000, 100):
        assert matcher.offer('left', stamp, stamp) is None
    assert matcher.unmatched == 7
    assert matcher.offer('right', 900, 'right') == (900, 'right')
