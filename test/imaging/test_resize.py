# SPDX-License-Identifier: Apache-2.0
"""Images are averaged over areas when they become smaller; maps stay in their place when they are enlarged."""

import cv2
import numpy as np
import pytest

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.imaging.resize import enlarged, resized

FRAME = cv2.resize(cv2.imread(str(min(share_path('demo', 'kitti_odometry').glob('*.jpg')))), (1242, 376))


@pytest.mark.parametrize(
    'size, interpolation',
    [((188, 621), cv2.INTER_AREA), ((300, 1000), cv2.INTER_AREA), ((376, 1242), None), ((500, 1500), cv2.INTER_LINEAR)],
)
def test_small_and_whole_factors_equal_opencv(size, interpolation):
    expected = FRAME if interpolation is None else cv2.resize(FRAME, size[::-1], interpolation=interpolation)
    np.testing.assert_array_equal(resized(FRAME, *size), expected)


@pytest.mark.parametrize('factor', [2.1875, 2.6, 3.004, 7.3])
@pytest.mark.parametrize('image', [FRAME, cv2.cvtColor(FRAME, cv2.COLOR_BGR2GRAY)])
def test_large_factors_equal_averaged_areas_to_about_a_gray_level(image, factor):
    height, width = round(376 / factor), round(1242 / factor)
    areas = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    off = np.abs(resized(image, height, width).astype(int) - areas)
    assert off.mean() < 0.5 and np.percentile(off, 95) <= 2


@pytest.mark.parametrize('seen', [(24, 40), (23, 40), (24, 39), (23, 39)])
def test_a_map_is_enlarged_in_place_though_its_last_pixels_reach_beyond_the_image(seen):
    rows, columns = np.mgrid[0 : (seen[0] + 1) // 2, 0 : (seen[1] + 1) // 2].astype(np.float32)
    shape = seen[0] * 5, seen[1] * 5
    for values, axis in (rows, 0), (columns, 1):
        result = enlarged(values, seen, shape)
        assert result.shape == shape
        # A pixel of the map is ten of the image; the outer half of a border pixel has no second value.
        expected = (np.mgrid[0 : shape[0], 0 : shape[1]][axis] + 0.5) / 10 - 0.5
        inside = (expected >= 0) & (expected <= values.max())
        np.testing.assert_allclose(result[inside], expected[inside], atol=1e-3)
