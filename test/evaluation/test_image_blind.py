# SPDX-License-Identifier: Apache-2.0
"""The image-blind baseline: depth from the other frames alone."""

import numpy as np

from optidepthnet_ros.evaluation.ground_truth import Frame, GroundTruth
from optidepthnet_ros.evaluation.image_blind import ImageBlind


class Frames(GroundTruth):
    kind = 'frames'

    def __init__(self, **depths):
        self._depths, self.names = depths, list(depths)

    def image(self, name):
        return None

    def read(self, name):
        return Frame(name, self._depths[name])


def test_a_frame_is_predicted_from_the_others_alone():
    """Frames of two sizes, at 10 and 20 m: each is predicted at the other's depth."""
    truth = Frames(first=np.full((370, 1224), 10.0, np.float32), second=np.full((375, 1242), 20.0, np.float32))
    system = ImageBlind(truth)
    first, second = (system.predict(truth.read(name)) for name in truth.names)
    np.testing.assert_allclose(first, np.full((370, 1224), 20.0), rtol=1e-5)
    np.testing.assert_allclose(second, np.full((375, 1242), 10.0), rtol=1e-5)


def test_inverse_depth_is_averaged():
    truth = Frames(**{str(depth): np.full((96, 320), depth, np.float32) for depth in (5.0, 10.0, 20.0)})
    np.testing.assert_allclose(ImageBlind(truth).predict(truth.read('5.0')), 1 / 0.075, rtol=1e-5)


def test_pixels_that_no_other_frame_knows_are_filled_from_their_row_or_the_next_rows():
    known = np.full((96, 320), np.nan, np.float32)
    known[40, :100], known[80, 50:] = 40.0, 10.0
    truth = Frames(asked=np.full((96, 320), 3.0, np.float32), known=known)
    prediction = ImageBlind(truth).predict(truth.read('asked'))
    np.testing.assert_allclose(prediction[:41], 40.0, rtol=1e-5)
    np.testing.assert_allclose(prediction[80:], 10.0, rtol=1e-5)
    assert np.all((prediction > 9.999) & (prediction < 40.001))
