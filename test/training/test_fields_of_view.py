"""What a checkpoint says of the views it has learned is what it has mostly seen."""

import pytest

from optidepthnet_ros.geometry.camera import Camera, StereoRig
from optidepthnet_ros.training.checkpoint_writer import fields_of_view


class Recording(list):
    """So many pairs of one camera."""

    def __init__(self, count, width, focal_length):
        super().__init__(range(count))
        self.rig = StereoRig(Camera(width, 480, focal_length, focal_length, (width - 1) / 2, 239.5), 0.1)


def test_views_of_a_few_frames_do_not_count():
    """90 degrees wide as a rule, for a third 53, and for fewer than a tenth 127."""
    scenes = [Recording(900, 640, 320.0), Recording(400, 640, 640.0), Recording(9, 640, 160.0)]
    angles = fields_of_view(scenes)
    assert angles['horizontal_fov'] == pytest.approx((53.13, 90.0), abs=0.11)
    assert angles['vertical_fov'] == pytest.approx((41.11, 73.74), abs=0.11)


def test_one_camera_gives_its_own_angles():
    low, high = fields_of_view([Recording(3, 640, 320.0)])['horizontal_fov']
    assert low <= 90 <= high < low + 0.2
