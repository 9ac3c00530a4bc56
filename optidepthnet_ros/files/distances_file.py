# SPDX-License-Identifier: Apache-2.0
"""Reads hand-measured distances at pixels of images from YAML."""

from dataclasses import dataclass
from pathlib import Path

from optidepthnet_ros.files.yaml_file import read_yaml

_LARGEST = 1000.0  # metres
_NEEDS = (
    'it needs camera: FILE, and measurements: a list of {image: FILE, pixel: [column, row], metres: NUMBER}, with '
    'paths relative to its folder'
)


class DistancesError(ValueError):
    """A list of distances cannot be used; the message names the file and what it needs."""


@dataclass(frozen=True)
class Distance:
    """One measurement.

    :param pixel: column and row
    :param metres: from the lens to the point, as a tape measures
    """

    image: Path
    pixel: tuple[int, int]
    metres: float


def read_distances(path: Path) -> tuple[Path, list[Distance]]:
    """Return the calibration file of the camera, and the measurements.

    :raises DistancesError: the file is missing or invalid
    """
    try:
        content = read_yaml(path)
        camera = path.parent / content['camera']
        distances = [_distance(path.parent, one) for one in content['measurements']]
    except OSError as error:
        raise DistancesError(f'{path}: cannot be read ({error.strerror}): {_NEEDS}') from None
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise DistancesError(f'{path}: not a list of distances ({type(error).__name__}: {error}): {_NEEDS}') from None
    for one in distances:
        if not 0 < one.metres < _LARGEST:
            raise DistancesError(
                f'{path}: {one.metres:g} m at {list(one.pixel)} of {one.image.name}, but must be above 0 and below '
                f'{_LARGEST:g}'
            )
    return camera, distances


def _distance(folder: Path, entry: dict[str, object]) -> Distance:
    match entry['pixel'], entry['metres']:
        case [int(column), int(row)], int(metres) | float(metres):
            return Distance(folder / str(entry['image']), (column, row), float(metres))
    raise ValueError(f'{entry}')
