# SPDX-License-Identifier: Apache-2.0
"""Metres follow the live camera, regardless of its image size."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import default_checkpoint, shipped_models
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.canonical import MAX_PIXELS
from optidepthnet_ros.imaging.exposure import exposed, exposure_gain
from optidepthnet_ros.imaging.guided_upsampling import guided_upsampling
from optidepthnet_ros.inference import DepthEstimator

FRAMES = share_path('demo', 'kitti_odometry')
CAMERA = Camera(512, 256, 400.0, 400.0, 255.5, 127.5)


@pytest.fixture(scope='module')
def estimator(checkpoint_file):
    return DepthEstimator.from_file(checkpoint_file)


@pytest.fixture(scope='module')
def image():
    """Smooth random texture that loses little when it is resized."""
    noise = np.random.default_rng(0).integers(0, 256, (32, 64, 3), np.uint8)
    return cv2.resize(noise, (CAMERA.width, CAMERA.height), interpolation=cv2.INTER_CUBIC)


def test_depth_is_baseline_times_focal_length_over_disparity(estimator, image):
    estimate = estimator.estimate(image, CAMERA)
    assert estimate.depth.shape == (256, 512) and estimate.depth.dtype == np.float32
    p = estimator.checkpoint.provenance
    focal = 400 * estimate.view.width / CAMERA.width  # of the resized image
    assert abs(focal - p.canonical_focal) < 0.3
    np.testing.assert_allclose(estimate.depth, p.baseline * focal / (estimate.disparity * p.canonical_width), rtol=1e-5)


def test_gray_checkpoints_ignore_colour(estimator, image):
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(estimator.estimate(gray, CAMERA).depth, estimator.estimate(image, CAMERA).depth)


def test_colour_checkpoints_get_red_first(untrained_checkpoint, image):
    """A network that was trained on RGB must not be shown BGR: swapping the image's channels changes its depth."""
    provenance = replace(untrained_checkpoint.provenance, input_colour='rgb')
    estimator = DepthEstimator(Checkpoint(provenance, untrained_checkpoint.state))
    view = estimator.view(CAMERA)
    pixels = estimator.network_input(image, view)
    resized = cv2.resize(image, (view.width, view.height), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(pixels[0].transpose(1, 2, 0), exposed(resized, exposure_gain(resized))[..., ::-1])


@pytest.mark.parametrize('factor', [0.3, 0.5])
def test_the_shipped_model_gives_the_same_depth_for_a_darker_image(factor):
    estimator = DepthEstimator.from_file(default_checkpoint())
    picture = cv2.imread(str(min(FRAMES.glob('*.jpg'))))
    camera = read_camera(FRAMES / 'camera.yaml')
    depth = estimator.estimate(picture, camera).depth
    other = estimator.estimate((picture * factor).astype(np.uint8), camera).depth
    assert np.nanmedian(np.abs(np.log(other / depth))) < 0.02


def test_a_network_that_ends_at_half_size_answers_with_its_second_scale(image):
    checkpoint = Checkpoint.read(shipped_models()['dlite0_street'])
    estimator = DepthEstimator(checkpoint)
    estimate = estimator.estimate(image, CAMERA)
    pixels = estimator.network_input(image, estimator.view(CAMERA))
    with torch.inference_mode():
        second = checkpoint.folded(torch.from_numpy(pixels))[1][:, :1]
    # 77x154 pixels cover 154x307; the last ones reach beyond it.
    assert (estimate.view.height, estimate.view.width) == (154, 307) and second.shape[2:] == (77, 154)
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    gain = exposure_gain(cv2.resize(gray, (307, 154), interpolation=cv2.INTER_AREA))
    expected = guided_upsampling(second[0, 0].numpy(), pixels[0, 1], exposed(gray, gain))
    np.testing.assert_allclose(estimate.disparity, expected, rtol=1e-4)
    assert estimate.output_stride == 2
    assert estimate.network_pixel == pytest.approx([2 * pixel for pixel in estimate.view.pixel])


def test_depth_is_unknown_at_the_borders_of_a_camera_with_a_very_wide_view(estimator):
    """152 degrees: at the canonical resolution the whole image would have five times the permitted number of pixels."""
    wide = replace(CAMERA, fx=64.0, fy=64.0)
    noise = np.random.default_rng(0).integers(0, 256, (256, 512, 3), np.uint8)
    estimate = estimator.estimate(noise, wide, confidence=True)
    view = estimate.view
    assert 0.95 * MAX_PIXELS < view.width * view.height <= 1.02 * MAX_PIXELS
    known = np.isfinite(estimate.depth)
    assert known[view.rows, view.columns].all() and known.sum() == known[view.rows, view.columns].size
    assert view.columns.start == 512 - view.columns.stop > 0 and view.rows.start == 256 - view.rows.stop > 0
    assert not estimate.confidence[~known].any()


def test_confidence_is_computed_on_request_and_does_not_change_depth(estimator, image):
    plain, checked = (estimator.estimate(image, CAMERA, confidence=asked) for asked in (False, True))
    assert plain.confidence is None
    np.testing.assert_array_equal(checked.depth, plain.depth)
    assert checked.confidence.shape == (256, 512) and checked.confidence.dtype == np.float32
    assert checked.confidence.min() >= 0 and 0 < checked.confidence.max() < 1


@pytest.mark.parametrize(
    'shape, dtype, message',
    [
        ((256, 512, 4), np.uint8, r'uint8 \(256, 512, 4\), but must be'),
        ((256, 512), np.uint16, 'uint16'),
        ((128, 512), np.uint8, 'the image is 512x128, but its camera 512x256'),
    ],
)
def test_unusable_images_are_refused(estimator, shape, dtype, message):
    with pytest.raises(ValueError, match=message):
        estimator.estimate(np.zeros(shape, dtype), CAMERA)
