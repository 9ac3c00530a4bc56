# SPDX-License-Identifier: Apache-2.0
from mmap import mmap

import pytest

from optidepthnet_ros.geometry.camera import CalibrationError, Camera
from optidepthnet_ros.ros.depth_node.frame_statistics import REPLACED, FrameStatistics, FrameTimes
from optidepthnet_ros.ros.depth_node.health import (
    calibration_status,
    input_status,
    model_status,
    output_status,
    resident_memory,
)
from optidepthnet_ros.ros.support.status import Level


@pytest.fixture
def clock():
    """Return a list whose last entry is the current time."""
    return [10.0]


@pytest.fixture
def statistics(clock):
    return FrameStatistics(lambda: clock[-1])


def test_a_period_is_summarised_and_the_next_starts_empty(statistics, clock):
    for _ in range(4):
        statistics.arrived()
    statistics.dropped(REPLACED, 2)
    statistics.published(FrameTimes(0.1, 0.2, 0.3, 0.6))
    statistics.published(FrameTimes(0.3, 0.4, 0.5, 1.2))
    clock.append(12.0)
    summary = statistics.collect()
    assert (summary.seconds, summary.silence, summary.arrived, summary.published) == (2, 2, 4, 2)
    assert vars(summary.times) == pytest.approx({'wait': 0.2, 'inference': 0.3, 'publish': 0.4, 'age': 0.9})
    assert summary.slowest == FrameTimes(0.3, 0.4, 0.5, 1.2)
    assert summary.dropped == {REPLACED: 2}
    clock.append(13.0)
    summary = statistics.collect()
    assert (summary.arrived, summary.times, summary.dropped, summary.all_dropped) == (0, None, {}, {REPLACED: 2})


@pytest.mark.parametrize('silence, level', [(1.9, Level.OK), (2.0, Level.WARN), (9.9, Level.WARN), (10.0, Level.ERROR)])
def test_silence_gives_a_warning_and_then_an_error(statistics, clock, silence, level):
    statistics.arrived()
    clock.append(10.0 + silence)
    status = input_status(statistics.collect(), '/image', 0)
    assert status.level == level
    assert ('which has 0 publishers' in status.message) == (level != Level.OK)


def test_replaced_frames_are_not_a_fault_but_other_dropped_frames_are(statistics, clock):
    clock.append(11.0)
    statistics.dropped(REPLACED)
    assert output_status(statistics.collect()).level == Level.OK
    clock.append(12.0)
    statistics.dropped('bad image', 3)
    status = output_status(statistics.collect())
    assert (status.level, status.message) == (Level.WARN, '0.0 Hz, dropped: 3 bad image')


def test_the_calibration_status_is_that_of_the_last_frame():
    camera = Camera(640, 480, 320.0, 320.0, 319.5, 239.5)
    assert calibration_status(camera, None, {}, {}).level == Level.OK
    assert calibration_status(camera, None, {'late': 'words'}, {}).message == 'late: words'
    status = calibration_status(camera, CalibrationError('why', 'missing'), {'late': 'words'}, {})
    assert (status.level, status.message) == (Level.ERROR, 'missing: why')


def test_a_refused_checkpoint_is_an_error_only_if_no_other_is_running():
    assert model_status('unconfigured', 'bad', '', '', {}).level == Level.ERROR
    assert model_status('active', 'bad', '', '', {}).level == Level.WARN
    assert model_status('active', '', '', '', {}).level == Level.OK
    assert model_status('active', '', 'made for roads', '', {}).message == 'active: made for roads'


def test_allocated_memory_is_measured():
    block = mmap(-1, 50_000_000)  # not from the heap, which may already hold that much
    before = resident_memory()
    block[:] = b'x' * len(block)
    assert resident_memory() - before > 0.9 * len(block)
