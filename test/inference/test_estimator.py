"""Metres follow the live camera, whatever the size of its image."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from optidepthnet_ros.checkpoints.checkpoint import Checkpoint
from optidepthnet_ros.checkpoints.models import default_checkpoint
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.exposure import exposed, exposure_gain
from optidepthnet_ros.inference import DepthEstimator

FRAMES = share_path('demo', 'kitti_odometry')
CAMERA = Camera(512, 256, 400.0, 400.0, 255.5, 127.5)


@pytest.fixture(scope='module')
def estimator(checkpoint_file):
    return DepthEstimator.from_file(checkpoint_file)


@pytest.fixture(scope='module')
def image():
    """Smooth random texture, so that resizing it loses little."""
    noise = np.random.default_rng(0).integers(0, 256, (32, 64, 3), np.uint8)
    return cv2.resize(noise, (CAMERA.width, CAMERA.height), interpolation=cv2.INTER_CUBIC)


def test_depth_is_baseline_times_focal_length_over_disparity(estimator, image):
    estimate = estimator.estimate(image, CAMERA)
    assert estimate.depth.shape == (256, 512) and estimate.depth.dtype == np.float32
    baseline = estimator.checkpoint.provenance.baseline
    np.testing.assert_allclose(estimate.depth, baseline * 400 / (estimate.disparity * 512), rtol=1e-5)


def test_twice_the_focal_length_is_twice_as_far(estimator, image):
    near = estimator.estimate(image, CAMERA)
    far = estimator.estimate(image, replace(CAMERA, fx=800.0, fy=800.0))
    np.testing.assert_allclose(far.depth, 2 * near.depth, rtol=1e-5)


def test_a_camera_with_more_pixels_sees_the_same_depth(estimator, image):
    large = cv2.resize(image, (1024, 512), interpolation=cv2.INTER_CUBIC)
    small_depth = estimator.estimate(image, CAMERA).depth
    large_depth = estimator.estimate(large, CAMERA.resized(1024, 512)).depth
    again = cv2.resize(large_depth, (512, 256), interpolation=cv2.INTER_AREA)
    assert np.median(np.abs(again / small_depth - 1)) < 0.02


def test_gray_checkpoints_see_no_colour(estimator, image):
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(estimator.estimate(gray, CAMERA).depth, estimator.estimate(image, CAMERA).depth)


def test_colour_checkpoints_get_red_first(untrained_checkpoint, image):
    """A network that was trained on RGB must not be shown BGR: swapping the image's channels changes its depth."""
    provenance = replace(untrained_checkpoint.provenance, input_colour='rgb')
    estimator = DepthEstimator(Checkpoint(provenance, untrained_checkpoint.state))
    pixels = estimator._input(image)
    resized = cv2.resize(image, (256, 128), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(pixels[0].transpose(1, 2, 0), exposed(resized, exposure_gain(resized))[..., ::-1])


@pytest.mark.parametrize('factor', [0.3, 0.5])
def test_the_shipped_model_sees_the_same_in_a_darker_picture(factor):
    estimator = DepthEstimator.from_file(default_checkpoint())
    picture = cv2.imread(str(min(FRAMES.glob('*.jpg'))))
    camera = read_camera(FRAMES / 'camera.yaml')
    depth = estimator.estimate(picture, camera).depth
    other = estimator.estimate((picture * factor).astype(np.uint8), camera).depth
    assert np.nanmedian(np.abs(np.log(other / depth))) < 0.02


def test_an_input_size_that_is_no_multiple_of_the_stride_is_padded(untrained_checkpoint, image):
    provenance = replace(untrained_checkpoint.provenance, input_height=100, input_width=300)
    estimate = DepthEstimator(Checkpoint(provenance, untrained_checkpoint.state)).estimate(image, CAMERA)
    assert estimate.depth.shape == (256, 512) and np.isfinite(estimate.depth).all()


def test_output_stride_2_is_the_second_scale(estimator, image):
    checkpoint = estimator.checkpoint
    half = DepthEstimator(checkpoint, output_stride=2).estimate(image, CAMERA).disparity
    with torch.inference_mode():
        second = checkpoint.folded(torch.from_numpy(estimator._input(image)))[1][0, 0].numpy()
    np.testing.assert_allclose(half, cv2.resize(second, (512, 256)), rtol=1e-4)
    with pytest.raises(ValueError, match='output_stride is 3, but must be one of 1, 2'):
        DepthEstimator(checkpoint, output_stride=3)
    odd = Checkpoint(replace(checkpoint.provenance, input_width=255), checkpoint.state)
    with pytest.raises(ValueError, match='output_stride is 2, but the input size 255x128 is no multiple'):
        DepthEstimator(odd, output_stride=2)


def test_what_lies_beyond_the_trained_view_is_unknown(estimator, image):
    wide = replace(CAMERA, fx=100.0)  # 137 degrees; trained up to 90
    estimate = estimator.estimate(image, wide, confidence=True)
    known = ~np.isnan(estimate.depth).any(axis=0)
    assert not known[:150].any() and known[160:350].all() and not known[362:].any()
    assert not estimate.confidence[:, ~known].any()


def test_confidence_is_computed_when_asked_for_and_leaves_depth_alone(estimator, image):
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
