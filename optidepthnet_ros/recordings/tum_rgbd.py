# SPDX-License-Identifier: Apache-2.0
"""TUM RGB-D recordings (Sturm et al., IROS 2012): rgb/, depth/, and rgb.txt and depth.txt with their stamps."""

from pathlib import Path

import numpy as np

from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.rectification import Lens, Rectifier
from optidepthnet_ros.recordings.depth_files import DepthFileScene
from optidepthnet_ros.recordings.depth_picture import DepthPictures
from optidepthnet_ros.recordings.depth_scene import MEASURED
from optidepthnet_ros.recordings.scene import DataError
from optidepthnet_ros.recordings.stamps import match_stamps

EXPECTED = 'rgb.txt and depth.txt of a TUM RGB-D recording, or folders that hold these'

TOLERANCE = 20_000_000  # nanoseconds; colour and depth come at 30 Hz, and are not synchronised
_PICTURES = DepthPictures(1 / 5000, MEASURED)
_NO_ROTATION = np.eye(3)

# The colour cameras of the data set, as given on its page: intrinsics at 640x480, and plumb_bob distortion.
_CAMERAS = {
    'freiburg1': ((517.3, 516.5, 318.6, 255.3), (0.2624, -0.9531, -0.0054, 0.0026, 1.1633)),
    'freiburg2': ((520.9, 521.0, 325.1, 249.7), (0.2312, -0.7849, -0.0033, -0.0001, 0.9172)),
    'freiburg3': ((535.4, 539.2, 320.1, 247.6), (0.0, 0.0, 0.0, 0.0, 0.0)),
}


class TumScene(DepthFileScene):
    """One recording; a frame is a colour image and the depth image nearest in time.

    Its camera comes from ``camera.yaml``, for images without distortion, or from the folder name.

    :raises DataError: no frames, or no known camera
    :raises optidepthnet_ros.geometry.camera.CalibrationError: camera.yaml is not a calibration
    """

    def __init__(self, folder: Path):
        colour, depth = (_read_list(folder, folder / f'{name}.txt') for name in ('rgb', 'depth'))
        colour_stamps, depth_stamps = (np.array([stamp for stamp, _ in side], np.int64) for side in (colour, depth))
        pairs = match_stamps(colour_stamps, depth_stamps, TOLERANCE)
        found = f'{len(pairs)} frames of {len(colour)} colour and {len(depth)} depth images'
        notes: tuple[str, ...] = (f'{found}, stamps within {TOLERANCE / 1e6:g} ms',)
        if not pairs:
            raise DataError(f'{folder}: {notes[0]}: check that rgb.txt and depth.txt are from the same recording')
        camera, self._rectifier = _camera(folder)
        if self._rectifier:
            notes += ('rectified here with the distortion of the data set',)
        super().__init__(folder.name, camera, _PICTURES, [(colour[i][1], depth[j][1]) for i, j in pairs], notes)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        image, depth = super().read(index)
        if self._rectifier is None:
            return image, depth
        return self._rectifier(image), self._rectifier.nearest(depth)


def find_tum_recordings(root: Path) -> list[Path]:
    """Return ``root`` if it is a recording, or the recordings directly below it."""
    if _is_recording(root):
        return [root]
    return sorted(filter(_is_recording, root.iterdir())) if root.is_dir() else []


def _is_recording(folder: Path) -> bool:
    return (folder / 'rgb.txt').is_file() and (folder / 'depth.txt').is_file()


def _camera(folder: Path) -> tuple[Camera, Rectifier | None]:
    if (folder / 'camera.yaml').is_file():
        return read_camera(folder / 'camera.yaml'), None
    for name, (intrinsics, distortion) in _CAMERAS.items():
        if name in folder.name or name.replace('eiburg', '') in folder.name:
            camera = Camera(640, 480, *intrinsics)
            lens = Lens(camera, 'plumb_bob', np.array(distortion), _NO_ROTATION)
            return camera, None if lens.is_rectified(camera) else Rectifier(lens, camera)
    raise DataError(
        f'{folder}: the camera is unknown, because the folder name has none of {", ".join(_CAMERAS)}: add the '
        'calibration of the colour images as camera.yaml'
    )


def _read_list(folder: Path, path: Path) -> list[tuple[int, Path]]:
    """Return stamps in nanoseconds, ascending, and files."""
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
        entries = [(words[0], folder / words[1]) for words in lines if words and not words[0].startswith('#')]
        return sorted((_nanoseconds(stamp), file) for stamp, file in entries)
    except OSError as error:
        raise DataError(f'{path}: cannot be read ({error.strerror})') from None
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise DataError(f"{path}: not a list of lines 'SECONDS FILE' ({error})") from None


def _nanoseconds(stamp: str) -> int:
    seconds, _, fraction = stamp.partition('.')
    return int(seconds) * 10**9 + int(f'{fraction:0<9.9}')
