# SPDX-License-Identifier: Apache-2.0
"""Windows lie in the image and have the intended focal length, and what they show keeps its exact depth."""

import cv2
import numpy as np
import pytest
import torch

from optidepthnet_ros.geometry.camera import Camera, StereoRig
from optidepthnet_ros.geometry.canonical import CanonicalCamera
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.recordings.scene import StereoScene
from optidepthnet_ros.training.augmentation import Sample
from optidepthnet_ros.training.losses.stereo import of_width
from optidepthnet_ros.training.pairs import PairDataset
from optidepthnet_ros.training.views import ROAD_WINDOWS, ZOOM, random_view, same_part

CANONICAL = CanonicalCamera(240.0, 640.0, 0.24)
KITTI = Camera(1242, 375, 721.0, 721.0, 609.0, 172.0)
ROUGH = Camera(640, 480, 500.0, 530.0, 330.0, 250.0)  # pixels that are not square
SMALL = Camera(160, 120, 150.0, 150.0, 79.5, 59.5)


def views(camera, shape, zoomed, count=200):
    random = np.random.default_rng(0)
    return [random_view(camera, CANONICAL, shape, zoomed, random) for _ in range(count)]


def zooms(view):
    """Return the zoom along x, and along y."""
    pixel_height, pixel_width = view.pixel
    return view.camera.fx / pixel_width / CANONICAL.focal, view.camera.fy / pixel_height / CANONICAL.focal


@pytest.mark.parametrize('camera', [KITTI, ROUGH, SMALL])
@pytest.mark.parametrize('shape', ROAD_WINDOWS)
def test_windows_lie_inside_at_one_zoom_in_both_directions(camera, shape):
    drawn = views(camera, shape, zoomed=True)
    for view in drawn:
        assert 0 <= view.rows.start < view.rows.stop <= camera.height
        assert 0 <= view.columns.start < view.columns.stop <= camera.width
        along_x, along_y = zooms(view)
        assert along_x == pytest.approx(along_y, rel=0.02)
        assert view.unit == pytest.approx(CANONICAL.unit * along_x)
    assert len({(view.rows.start, view.columns.start) for view in drawn}) > 20


def test_zoom_fills_its_range_and_is_raised_until_the_window_fits():
    drawn = [zooms(view)[0] for view in views(ROUGH, (87, 200), zoomed=True)]
    assert min(drawn) == pytest.approx(ZOOM[0], rel=0.02) and max(drawn) == pytest.approx(ZOOM[1], rel=0.02)
    assert {round(zooms(view)[0], 2) for view in views(ROUGH, (87, 200), zoomed=False)} == {1.0}
    fitting = 217 / (SMALL.height * CANONICAL.focal / SMALL.fy)
    for zoomed, largest in (False, fitting), (True, ZOOM[1]):
        drawn = [zooms(view)[0] for view in views(SMALL, (217, 200), zoomed)]
        assert min(drawn) > 0.99 * fitting and max(drawn) < 1.02 * largest


def test_the_same_part_of_a_similar_camera_of_another_size():
    view = views(KITTI, ROAD_WINDOWS[0], True, 1)[0]
    other = same_part(view, KITTI.resized(621, 187))
    assert abs(2 * other.columns.start - view.columns.start) < 3 and abs(2 * other.rows.stop - view.rows.stop) < 3
    assert (other.height, other.width) == (view.height, view.width)


class Plane(StereoScene):
    """One pair that sees a plane at ``SHIFT`` pixels of disparity."""

    name = 'plane'
    SHIFT = 24

    def __init__(self, rig):
        self.rig = rig

    def __len__(self):
        return 1

    def read(self, index):
        camera = self.rig.camera
        noise = np.random.default_rng(0).normal(size=(camera.height, camera.width + self.SHIFT))
        smooth = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 10), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
        return smooth[:, : camera.width], smooth[:, self.SHIFT :]

    def describe(self, index):
        return self.name


@pytest.mark.parametrize('baseline', [0.24, 0.08, 0.54])
@pytest.mark.parametrize('zoomed', [False, True])
def test_a_plane_is_rebuilt_exactly_from_its_depth(baseline, zoomed):
    """At any window, zoom and baseline; a quarter of a pixel of disparity more or less would be detected."""
    scene = Plane(StereoRig(KITTI, baseline))
    depth = KITTI.fx * baseline / scene.SHIFT
    known = np.full((KITTI.height, KITTI.width), 1 / depth, np.float32)
    pairs = PairDataset([scene], canonical=CANONICAL, proxies=None)
    for shape in ROAD_WINDOWS:
        for view in views(KITTI, shape, zoomed, 3):
            sample = pairs.cut(Sample(*scene.read(0), known, known), view)
            sample = pairs.batch_form(0, sample, view)
            batch = {name: value[None] for name, value in sample.items() if isinstance(value, torch.Tensor)}
            # The network sees everything nearer by the factor of the zoom.
            zoom = zooms(view)[0]
            torch.testing.assert_close(
                batch['left_proxy'], torch.full((1, 1, *shape), CANONICAL.unit * zoom / depth), rtol=1e-4, atol=0
            )
            shift = of_width(batch['left_proxy'], batch)
            errors = [error(batch, shift + more / shape[1]) for more in (0, -0.25, 0.25)]
            assert errors[0] < 0.004 and min(errors[1:]) > 2 * errors[0]


def error(batch, disparity):
    inside = np.s_[..., 40:]
    return (warp_left_from_right(batch['right'], disparity) - batch['left'])[inside].abs().mean().item()
