# SPDX-License-Identifier: Apache-2.0
import threading

import pytest
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header

from optidepthnet_ros.geometry.camera import CalibrationError
from optidepthnet_ros.ros.depth_node.calibrations import Calibrations
from optidepthnet_ros.ros.depth_node.frame_camera import FrameCameras


def header(seconds):
    result = Header()
    result.stamp.sec = seconds
    return result


def info(seconds, fx=60.0):
    return CameraInfo(
        header=header(seconds), width=64, height=48, p=[fx, 0.0, 32.0, 0.0, 0.0, 60.0, 24.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    )


def refusal(calibrations, seconds):
    """Return the state of the error for a frame with this stamp; empty if it gets a calibration."""
    try:
        calibrations.of_frame(header(seconds))
    except CalibrationError as error:
        return error.state
    return ''


@pytest.fixture
def clock():
    """Return a list whose last entry is the current time."""
    return [0.0]


@pytest.fixture
def calibrations(clock):
    return Calibrations(lambda: clock[-1])


def test_a_missing_calibration_is_an_error_that_says_what_to_do(calibrations):
    with pytest.raises(CalibrationError, match='publish it there, or remap camera_info') as caught:
        calibrations.of_frame(header(1))
    assert caught.value.state == 'missing'


def test_a_frame_gets_the_calibration_of_its_stamp_in_any_order(calibrations):
    for seconds in range(1, 5):
        calibrations.take(info(seconds, fx=60.0 + seconds))
    assert [calibrations.of_frame(header(seconds)).p[0] for seconds in (3, 1, 4, 2)] == [63, 61, 64, 62]
    assert calibrations.changes == 3 and calibrations.is_changing()


def test_a_frame_waits_for_its_calibration(calibrations):
    calibrations.take(info(1))
    calibrations.of_frame(header(1))
    timer = threading.Timer(0.01, calibrations.take, [info(2, fx=90.0)])
    timer.start()
    assert calibrations.of_frame(header(2)).p[0] == 90
    assert calibrations.late == 0


def test_equal_calibrations_are_the_same_object_and_not_a_change(calibrations):
    calibrations.take(info(1))
    calibrations.take(info(2))
    assert calibrations.of_frame(header(1)) is calibrations.of_frame(header(2))
    assert calibrations.changes == 0 and not calibrations.is_changing()


def test_two_alternating_calibrations_are_two_objects(calibrations):
    for seconds in range(1, 7):
        calibrations.take(info(seconds, fx=60.0 + seconds % 2))
    odd, even = calibrations.of_frame(header(1)), calibrations.of_frame(header(2))
    assert (odd.p[0], even.p[0]) == (61, 60)
    assert [calibrations.of_frame(header(seconds)) for seconds in (3, 4)] == [odd, even]


def test_the_latest_calibration_is_used_if_stamps_do_not_match_unless_it_is_changing(calibrations, clock):
    calibrations.take(info(1))
    assert calibrations.of_frame(header(5)).p[0] == 60
    calibrations.take(info(2, fx=90.0))
    with pytest.raises(CalibrationError, match='it is changing') as caught:
        calibrations.of_frame(header(6))
    assert caught.value.state == 'changing'
    clock.append(3.0)
    assert calibrations.of_frame(header(6)).p[0] == 90
    assert calibrations.late == 0  # stamps never matched, so no calibration was missed


def test_a_late_calibration_is_counted(calibrations):
    calibrations.take(info(1))
    calibrations.of_frame(header(1))
    assert refusal(calibrations, 2) == 'late'
    assert calibrations.late == 1
    calibrations.take(info(3))
    assert calibrations.of_frame(header(3)).p[0] == 60


def test_if_calibrations_stop_the_latest_is_used_after_a_few_frames(calibrations):
    for seconds in range(10):
        calibrations.take(info(seconds))
        calibrations.of_frame(header(seconds))
    assert [refusal(calibrations, 20 + frame) for frame in range(5)] == ['late'] * 3 + [''] * 2


def test_a_frame_waits_long_enough_for_a_late_calibration_after_a_lens_change(calibrations):
    for seconds in range(1, 4):
        calibrations.take(info(seconds))
        calibrations.of_frame(header(seconds))
    timer = threading.Timer(0.1, calibrations.take, [info(4, fx=90.0)])
    timer.start()
    assert calibrations.of_frame(header(4)).p[0] == 90
    assert calibrations.late == 0


@pytest.mark.parametrize('seconds', [0, 7])
def test_calibrations_without_stamps_are_not_used_while_they_change(calibrations, clock, seconds):
    """For example, those of two cameras on one topic alternate."""
    for fx in (60.0, 90.0, 60.0):
        calibrations.take(info(0, fx=fx))
    assert refusal(calibrations, seconds) == 'changing'
    clock.append(3.0)
    assert calibrations.of_frame(header(seconds)).p[0] == 60


def test_two_calibrations_with_one_stamp_are_refused_until_that_stops(calibrations, clock):
    for seconds in (1, 2):
        calibrations.take(info(seconds))
        calibrations.take(info(seconds, fx=90.0))
        assert refusal(calibrations, seconds) == 'two for one stamp'
    clock.append(3.0)
    calibrations.take(info(3))
    assert calibrations.of_frame(header(3)).p[0] == 60


def test_with_repeated_stamps_no_frame_gets_the_calibration_of_another(calibrations, clock):
    given = []
    for fx in (60.0, 60.0, 90.0, 90.0):
        for seconds in range(1, 9):
            clock.append(clock[-1] + 0.25)
            timer = threading.Timer(0.005, calibrations.take, [info(seconds, fx=fx)])
            timer.start()  # the image arrives first
            try:
                given.append((fx, calibrations.of_frame(header(seconds)).p[0]))
            except CalibrationError as error:
                given.append((fx, error.state))
            timer.join()
    assert given[:16] == [(60.0, 60.0)] * 16 and given[-1] == (90.0, 90.0)
    assert set(given) == {(60.0, 60.0), (90.0, 90.0), (90.0, 'two for one stamp')}


def test_forget_removes_every_calibration(calibrations):
    calibrations.take(info(1))
    calibrations.forget()
    with pytest.raises(CalibrationError):
        calibrations.of_frame(header(1))


@pytest.mark.parametrize(
    'of_info, of_image, same',
    [
        ('front', 'front', True),
        ('/front', 'front', True),
        ('', 'front', True),
        ('front', '', True),
        ('front', 'rear', False),
    ],
)
def test_a_calibration_with_another_frame_id_needs_the_same_stamp(calibrations, of_info, of_image, same):
    message, own, other = info(1), header(1), header(2)
    message.header.frame_id, own.frame_id, other.frame_id = of_info, of_image, of_image
    calibrations.take(message)
    if same:
        assert calibrations.of_frame(other) is message
    else:
        with pytest.raises(CalibrationError, match="it has frame_id 'front', the image 'rear'") as caught:
            calibrations.of_frame(other)
        assert caught.value.state == 'other frame_id'
    assert calibrations.of_frame(own) is message
    assert calibrations.other_frame_id == ('' if same else of_info)


def test_the_calibration_of_another_camera_on_the_topic_is_refused(calibrations):
    front, rear = info(1), info(1, fx=90.0)
    front.header.frame_id, rear.header.frame_id = 'front', 'rear'
    calibrations.take(front)
    calibrations.take(rear)
    mine = header(1)
    mine.frame_id = 'front'
    with pytest.raises(CalibrationError, match="it has frame_id 'rear'"):
        calibrations.of_frame(mine)


def test_unset_stamps_do_not_match_a_calibration_with_another_frame_id(calibrations):
    message, own = info(0), header(0)
    message.header.frame_id, own.frame_id = 'front', 'rear'
    calibrations.take(message)
    with pytest.raises(CalibrationError, match="it has frame_id 'front'"):
        calibrations.of_frame(own)


def test_rectification_is_prepared_once_and_again_when_anything_changes():
    cameras = FrameCameras()
    message = info(1)
    message.k = [60.0, 0.0, 32.0, 0.0, 60.0, 24.0, 0.0, 0.0, 1.0]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    message.d, message.distortion_model = [-0.02, 0.0, 0.0, 0.0], 'equidistant'
    first = cameras.of_frame(message, 64, 48, True)
    assert first.rectifier is not None and first.camera.fx == 60
    assert cameras.of_frame(message, 64, 48, True) is first
    half = cameras.of_frame(message, 32, 24, True)
    assert half.scaled and half.camera.fx == 30
    assert cameras.of_frame(message, 64, 48, False).rectifier is None
    assert cameras.of_frame(message, 64, 48, True) is first
