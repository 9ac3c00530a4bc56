# SPDX-License-Identifier: Apache-2.0
"""The scripts in examples/, unchanged, with shipped frames and an untrained network."""

import runpy
import sys

import cv2
import numpy as np
import pytest

from experiments.pages.page import ROOT

DEMO = ROOT / 'demo' / 'kitti_odometry'
CALIBRATION = '--camera', DEMO / 'camera.yaml'
QUICK = '--runtime', 'torch'  # measuring runtimes takes longer


@pytest.fixture
def example(monkeypatch, checkpoint_file, tmp_path, capsys):
    """Return a function that runs an example in an empty folder and returns what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(name, *arguments):
        monkeypatch.setattr(sys, 'argv', [name, *map(str, arguments), '--checkpoint', str(checkpoint_file)])
        runpy.run_path(str(ROOT / 'examples' / name), run_name='__main__')
        return capsys.readouterr().out

    return run


@pytest.fixture
def video(tmp_path):
    """Return a video of two frames, written by OpenCV."""
    path = tmp_path / 'drive.avi'
    frames = [cv2.imread(str(DEMO / f'00000{number}.jpg')) for number in range(2)]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'MJPG'), 10.0, frames[0].shape[1::-1])
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def test_image(example):
    assert 'in the middle: ' in example('image.py', DEMO / '000010.jpg', *CALIBRATION)
    assert cv2.imread('depth.png').shape[1] == 640


def test_folder(example, tmp_path):
    (tmp_path / 'frames').mkdir()
    (tmp_path / 'frames' / 'a.jpg').write_bytes((DEMO / '000000.jpg').read_bytes())
    assert 'a.jpg: median' in example('folder.py', 'frames', *CALIBRATION, *QUICK)
    assert np.load('depth/a.npy').shape == (194, 640)


def test_video_file(example, video):
    assert example('video_file.py', video, *CALIBRATION, *QUICK) == '2 frames in depth.mp4\n'
    assert cv2.VideoCapture('depth.mp4').get(cv2.CAP_PROP_FRAME_COUNT) == 2


def test_webcam(example, video):
    """With a file, which OpenCV opens like a device."""
    assert example('webcam.py', '--device', video, *QUICK).count(' m, ahead ') == 2


@pytest.mark.parametrize(
    'name, arguments',
    [
        ('image.py', ('none.jpg', *CALIBRATION)),
        ('video_file.py', ('none.mp4', *CALIBRATION)),
        ('webcam.py', ('--device', 'none')),
    ],
)
def test_the_error_names_a_source_that_cannot_be_read(example, capsys, name, arguments):
    with pytest.raises(SystemExit):
        example(name, *arguments)
    assert 'none' in capsys.readouterr().err.splitlines()[-1]
