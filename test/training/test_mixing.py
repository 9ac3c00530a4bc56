# SPDX-License-Identifier: Apache-2.0
"""Mixed pairs show the nearer surface at each point, in both views, with the disparity of what is seen."""

from dataclasses import replace

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera, StereoRig
from optidepthnet_ros.training.augmentation import Sample
from optidepthnet_ros.training.mixing import alike, mixed

WIDTH, HEIGHT = 128, 64


def pair(background, thing=None, seed=0):
    """Return a textured plane with a textured square at columns 60 to 89 of the left view; disparities in pixels."""
    random = np.random.default_rng(seed)
    views, proxies = [], []
    texture, patch = random.random((HEIGHT, WIDTH + 40)), random.random((30, 30))
    for right in (0, 1):
        view, proxy = texture[:, right * background :][:, :WIDTH].copy(), np.full((HEIGHT, WIDTH), background / WIDTH)
        if thing:
            area = np.s_[20:50, 60 - right * thing : 90 - right * thing]
            view[area], proxy[area] = patch, thing / WIDTH
        views.append(view.astype(np.float32))
        proxies.append(proxy.astype(np.float32))
    return Sample(*views, *proxies)


def test_a_near_object_is_copied_in_both_views():
    rows = slice(22, 48)
    one, other = pair(4), pair(4, thing=16, seed=1)
    both = mixed(one, other)
    for view, columns in (('left', slice(62, 88)), ('right', slice(46, 72))):
        image, proxy = getattr(both, view), getattr(both, f'{view}_proxy')
        np.testing.assert_array_equal(image[rows, columns], getattr(other, view)[rows, columns])
        np.testing.assert_allclose(proxy[rows, columns], 16 / WIDTH)
        for elsewhere in (np.s_[:15], np.s_[:, :40]):
            np.testing.assert_array_equal(image[elsewhere], getattr(one, view)[elsewhere])


def test_each_pixel_keeps_the_disparity_of_the_pair_it_comes_from():
    one, other = pair(4), pair(8, thing=16, seed=1)
    other.left_proxy[25:30, 65:80] = np.nan
    both = mixed(one, other)
    from_other = both.left == other.left
    np.testing.assert_array_equal(both.left_proxy, np.where(from_other, other.left_proxy, one.left_proxy))


def test_surfaces_that_are_not_nearer_are_not_copied():
    one, other = pair(8), pair(4, seed=1)
    np.testing.assert_array_equal(mixed(one, other).left, one.left)
    np.testing.assert_array_equal(
        mixed(one, replace(other, left_proxy=np.full_like(other.left_proxy, np.nan))).left, one.left
    )


@pytest.mark.parametrize(
    'change, same', [({}, True), ({'baseline': 0.33}, False), ({'fx': 600.0}, False), ({'height': 480}, False)]
)
def test_rigs_are_alike_within_two_percent(change, same):
    def rig(baseline=0.537, **camera):
        return StereoRig(
            Camera(**{'width': 1242, 'height': 375, 'fx': 721.0, 'fy': 721.0, 'cx': 620.0, 'cy': 187.0, **camera}),
            baseline,
        )

    assert alike(rig(), rig(0.533, fx=718.0, fy=718.0, width=1238, height=374))
    assert alike(rig(), rig(**change)) == same
