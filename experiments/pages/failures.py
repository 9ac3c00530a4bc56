# SPDX-License-Identifier: Apache-2.0
"""Draw where the models succeed and fail, and fill docs/failures.md.

    python -m experiments.pages.failures DATA

DATA holds eval/ and free/. Each picture shows the image, depth, truth, and the error of depth. The frames are from
KITTI 2015 (no model was trained on them), from TUM RGB-D's cabinet, from a rendered kitchen that `dlite0_free` was not
trained on, and one pair from an OAK-D that it was trained on. A test fails if the page differs from the record.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.pages.page import PAGES, ROOT, filled, write
from experiments.pages.results import read
from optidepthnet_ros.checkpoints.models import PLACES, shipped_models
from optidepthnet_ros.evaluation.ground_truth import KINDS
from optidepthnet_ros.evaluation.known import mean_of_known
from optidepthnet_ros.files.atomic import replacing, sha256, write_json
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import read_image
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.imaging.gray import to_gray
from optidepthnet_ros.imaging.stereo_matching import match
from optidepthnet_ros.inference import DepthEstimator

RECORD = 'failures'
FOLDER = PAGES / 'pictures' / 'failures'
STREETS, CABINET, KITCHEN, OAKD = (
    'eval/kitti2015/disp_noc_0',
    'eval/rooms/tum_fr3_cabinet',
    'free/depth/sim_bitterli_kitchen_r',
    'free/stereo/oakd_rooms',
)
OAKD_BASELINE = 0.075  # metres
ITSELF = 0.15  # pixels of a box up to this share behind its nearest truth belong to the object in it
RANGES = {'road': (3.0, 80.0), 'indoors': (0.3, 8.0)}  # metres of the nearest and farthest colour
WIDE = 2.5  # from this ratio of width to height on, the four views are in two rows
WIDTH, DPI, QUALITY = 10.0, 100, 70  # inches


@dataclass(frozen=True)
class Shown:
    """A picture of the page.

    :param folder: in DATA; OAKD is a stereo pair, the others have recorded or rendered truth
    :param thing: the object in the box; empty: no single object is meant
    :param box: left, top, right and bottom as shares of the image
    """

    name: str
    place: str
    folder: str
    frame: str
    thing: str = ''
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


SHOWN = (
    Shown('crossing', 'road', STREETS, '000007_10'),
    Shown('bus', 'road', STREETS, '000016_10'),
    Shown('van', 'road', STREETS, '000004_10', 'upper half of the van', (0.475, 0.36, 0.545, 0.5)),
    Shown('sign', 'road', STREETS, '000011_10', 'sign', (0.300, 0.48, 0.352, 0.66)),
    Shown('bollards', 'road', STREETS, '000003_10', 'bollard', (0.755, 0.67, 0.79, 0.82)),
    Shown('railing', 'road', STREETS, '000024_10', 'railing', (0.15, 0.58, 0.4, 0.72)),
    Shown('cabinet', 'indoors', CABINET, 'tum_fr3_cabinet_000000'),
    Shown('walls', 'indoors', f'{KITCHEN}21', 'sim_bitterli_kitchen_r21_000003'),
    Shown('dark', 'indoors', CABINET, 'tum_fr3_cabinet_000008', 'dark side', (0.37, 0.43, 0.59, 0.66)),
    Shown('chair', 'indoors', f'{KITCHEN}21', 'sim_bitterli_kitchen_r21_000007', 'chair', (0.45, 0.1, 0.53, 0.9)),
    Shown('window', 'indoors', f'{KITCHEN}11', 'sim_bitterli_kitchen_r11_000000', 'window', (0.0, 0.0, 0.25, 0.48)),
    Shown('hands', 'indoors', OAKD, '000008', 'hand', (0.25, 0.5, 0.5, 0.8)),
)


def truth_of(data: Path, shown: Shown) -> tuple[np.ndarray, Camera, np.ndarray]:
    """Return the image, its camera, and the truth: metres (H, W), NaN unknown."""
    folder = data / shown.folder
    if shown.folder != OAKD:
        kind = 'kitti2015' if shown.folder == STREETS else 'recording'
        frame = KINDS[kind](folder).read(shown.frame)
        image = frame.pixels()
        assert image is not None and frame.camera is not None
        return image, frame.camera, frame.depth
    left, right = (read_image(folder / side / f'{shown.frame}.jpg') for side in ('left', 'right'))
    camera = read_camera(folder / 'left.yaml')
    return left, camera, camera.fx * OAKD_BASELINE / match(to_gray(left), to_gray(right))[0]


def measure(shown: Shown, depth: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return Abs Rel of the whole image, and median true and predicted metres of the object, if there is one."""
    row = {'abs_rel': float(np.nanmean(np.abs(depth / truth - 1)))}
    if not shown.thing:
        return row
    height, width = truth.shape
    left, top, right, bottom = shown.box
    part = np.s_[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    inside = truth[part]
    itself = inside <= (1 + ITSELF) * np.nanquantile(inside, 0.05)
    true, predicted = (float(np.median(values[itself])) for values in (inside, depth[part]))
    return row | {'true': true, 'predicted': predicted}


def draw(path: Path, shown: Shown, image: np.ndarray, depth: np.ndarray, truth: np.ndarray) -> None:
    """Draw a JPEG of the four views."""
    height, width = truth.shape
    columns = 2 if width > WIDE * height else 4
    rows, cell = 4 // columns, WIDTH / columns
    cell_height = cell * height / width
    inches = rows * (cell_height + 0.22) + 0.5
    figure = Figure((WIDTH, inches), DPI)
    axes = figure.subplots(rows, columns).ravel()
    figure.subplots_adjust(0.003, 0.5 / inches, 0.997, 1 - 0.22 / inches, 0.01, 0.22 / cell_height)
    nearest, farthest = RANGES[shown.place]
    metres: dict[str, Any] = {
        'cmap': colormaps['turbo_r'].with_extremes(bad='0.8'),
        'norm': LogNorm(nearest, farthest),
        'interpolation': 'nearest',
    }
    off: dict[str, Any] = {'cmap': colormaps['bwr'].with_extremes(bad='0.8'), 'norm': Normalize(-1, 1)}
    small = math.ceil(cell_height * DPI), math.ceil(cell * DPI)
    views: tuple[tuple[str, np.ndarray, dict[str, Any]], ...] = (
        ('image', cv2.resize(image[..., ::-1], small[::-1], interpolation=cv2.INTER_AREA), {}),
        (PLACES[shown.place], _shrunk(depth, small), metres),
        ('truth', _shrunk(truth, small), metres),
        ('error', _shrunk(np.log2(depth / truth), small), off),
    )
    for one, (title, view, colours) in zip(axes, views):
        drawn = one.imshow(view, aspect='auto', **colours)
        one.set_title(title, fontsize=9, pad=3)
        one.set(xticks=[], yticks=[])
        if shown.thing:
            _mark(one, shown.box, view.shape)
        if title in {'truth', 'error'}:
            bar = figure.add_axes((0.08 if title == 'truth' else 0.58, 0.28 / inches, 0.36, 0.1 / inches))
            figure.colorbar(drawn, cax=bar, orientation='horizontal')
            ticks = _ticks(nearest, farthest) if title == 'truth' else {-1: 'half', 0: 'right', 1: 'twice as far'}
            bar.set_xticks(list(ticks), labels=list(ticks.values()), fontsize=8)
            bar.minorticks_off()
    with replacing(path) as temporary:
        figure.savefig(temporary, format='jpeg', pil_kwargs={'quality': QUALITY, 'optimize': True})


def _shrunk(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return mean_of_known(values, shape) if shape < values.shape else values


def _mark(axes: Axes, box: tuple[float, float, float, float], shape: tuple[int, ...]) -> None:
    height, width = shape[:2]
    left, top, right, bottom = box
    corner, size = (left * width, top * height), ((right - left) * width, (bottom - top) * height)
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor='black', linewidth=1))


def _ticks(nearest: float, farthest: float) -> dict[float, str]:
    usual = (0.3, 0.5, 1, 2, 4, 8, 15, 30, 80)
    return {metres: f'{metres:g} m' for metres in usual if nearest <= metres <= farthest}


def generated() -> dict[str, str]:
    """Return the content of the page, by its path in the repository."""
    blocks = dict(_blocks(read(RECORD)['pictures']))
    return {'docs/failures.md': filled(PAGES / 'failures.md', blocks)}


def _blocks(pictures: dict[str, dict[str, float]]) -> Iterator[tuple[str, str]]:
    for shown in SHOWN:
        row = pictures[shown.name]
        said = f'Abs Rel of the picture: {row["abs_rel"]:.2f}.'
        if shown.thing:
            digits = 1 if row['true'] >= 1 else 2
            said += f' The {shown.thing}: {row["true"]:.{digits}f} m, predicted {row["predicted"]:.{digits}f} m.'
        picture = (FOLDER / f'{shown.name}.jpg').relative_to(PAGES)
        yield shown.name, f'![image, depth, truth and error: {shown.thing or shown.name}]({picture})\n\n*{said}*'


def main() -> None:
    """Draw, record and fill the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data', type=Path)
    args = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    models = {place: shipped_models()[PLACES[place]] for place in RANGES}
    estimators = {place: DepthEstimator.from_file(path, threads=1) for place, path in models.items()}
    pictures = {}
    for shown in SHOWN:
        image, camera, truth = truth_of(args.data, shown)
        depth = estimators[shown.place].estimate(image, camera).depth
        pictures[shown.name] = measure(shown, depth, truth)
        draw(FOLDER / f'{shown.name}.jpg', shown, image, depth, truth)
        print(shown.name, pictures[shown.name])
    digests = {path.stem: sha256(path) for path in models.values()}
    write_json(ROOT / 'experiments' / 'records' / f'{RECORD}.json', {'digests': digests, 'pictures': pictures})
    write(generated())


if __name__ == '__main__':
    main()
