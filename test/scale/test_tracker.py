# SPDX-License-Identifier: Apache-2.0
"""Evidence is combined with the frame of its time, whether it comes early or late, and counts once."""

import numpy as np
import pytest

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.correction import IDENTITY, Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.filter import FilterLimits
from optidepthnet_ros.scale.fit import UnsupportedFitError
from optidepthnet_ros.scale.points import evidence_of_points
from optidepthnet_ros.scale.tracker import Frame, ScaleTracker

CAMERA = Camera(64, 48, 60.0, 60.0, 31.5, 23.5)
SECOND = 10**9


def frame(number, depth=4.0, camera=CAMERA):
    """Return a frame of a camera with 10 frames per second."""
    return Frame(number * SECOND // 10, 'camera', np.full((camera.height, camera.width), depth, np.float32), camera)


@pytest.fixture
def tracker():
    return ScaleTracker(FilterLimits(rate=100.0), tolerance=0.03)


class Wall:
    """Measures a wall and records the frames with which it was compared."""

    def __init__(self, distance):
        self.distance, self.frames = distance, []

    def __call__(self, frame):
        self.frames.append(frame.stamp)
        return Evidence.of_depths(frame.depth.ravel(), np.full(frame.depth.size, self.distance))


def test_late_evidence_is_compared_with_the_frame_of_its_time(tracker):
    wall = Wall(2.0)
    for number in range(5):
        tracker.update(frame(number, depth=8.0 if number < 4 else 100.0))
    tracker.offer(2 * SECOND // 10 + 10**7, wall)
    state = tracker.update(frame(5))
    assert wall.frames == [2 * SECOND // 10]
    assert state.estimated.scale == pytest.approx(4.0, rel=0.01)
    assert tracker.update(frame(6)).age == pytest.approx(0.1)
    assert len(wall.frames) == 1


def test_early_evidence_waits_for_its_frame(tracker):
    wall = Wall(2.0)
    tracker.offer(3 * SECOND // 10, wall)
    assert tracker.update(frame(0)).applied.is_identity and not wall.frames
    assert not tracker.update(frame(3)).stale and wall.frames == [3 * SECOND // 10]


def test_evidence_of_another_time_is_ignored_and_the_reason_is_reported(tracker):
    wall = Wall(2.0)
    tracker.update(frame(0))
    tracker.offer(SECOND // 20, wall)
    state = tracker.update(frame(1))
    assert state.applied.is_identity and 'is 0.05 s from that of any frame, 0.03 s' in state.problem and not wall.frames


def test_the_reason_why_a_source_gives_no_evidence_is_reported(tracker):
    def none(_frame):
        raise UnsupportedFitError('no transform from laser to camera')

    tracker.offer(0, none)
    assert tracker.update(frame(0)).problem == 'no transform from laser to camera'


def test_reset_and_a_recording_that_restarts(tracker):
    for number in range(100, 110):
        tracker.offer(number * SECOND // 10, Wall(2.0))
        tracker.update(frame(number))
    wall = Wall(2.0)
    tracker.offer(SECOND // 10, wall)
    assert tracker.update(frame(1)).applied.scale == pytest.approx(2.0, rel=0.01)
    assert wall.frames == [SECOND // 10]
    tracker.reset()
    assert tracker.update(frame(2)).applied.is_identity


def test_evidence_is_compared_with_depth_as_it_was_before_later_changes_in_place(tracker):
    first = frame(0)
    tracker.update(first)
    first.depth[:] = 100
    tracker.offer(0, Wall(2.0))
    assert tracker.update(frame(1)).estimated.scale == pytest.approx(2.0, rel=0.01)


def test_large_frames_are_stored_at_reduced_size(tracker):
    seen = []

    def look(kept):
        seen.append(kept)
        raise UnsupportedFitError('none')

    tracker.offer(0, look)
    tracker.update(frame(0, camera=Camera(1920, 1080, 1500.0, 1500.0, 959.5, 539.5)))
    assert seen[0].depth.shape == (180, 320) == (seen[0].camera.height, seen[0].camera.width)
    assert seen[0].camera.fx == 250.0


def test_the_newest_evidence_is_shown_briefly_at_its_pixels_with_its_error(tracker):
    """The image is so large that the tracker keeps only every second pixel."""
    large = Camera(640, 480, 600.0, 600.0, 319.5, 239.5)
    pixels = np.array([[100.0, 200.0], [320.0, 240.0], [600.0, 20.0]])
    rays = np.column_stack([(pixels - (large.cx, large.cy)) / (large.fx, large.fy), np.ones(3)])
    points = rays * np.array([[2.0], [4.0], [8.0]])
    shown = frame(0, camera=large)
    tracker.offer(shown.stamp, lambda of: evidence_of_points(of.depth, of.camera, points))
    tracker.update(shown)
    marks = tracker.marks(shown, IDENTITY)
    assert np.abs(marks.pixels - pixels).max() <= 1
    np.testing.assert_allclose(marks.errors, np.log([2.0, 1.0, 0.5]), atol=1e-6)
    np.testing.assert_allclose(tracker.marks(shown, Correction(2.0)).errors, np.log([1.0, 0.5, 0.25]), atol=1e-6)
    later = frame(6, camera=large)
    tracker.update(later)
    assert tracker.marks(later, IDENTITY) is None
