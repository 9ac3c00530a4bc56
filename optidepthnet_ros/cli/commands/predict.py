# SPDX-License-Identifier: Apache-2.0
"""`optidepthnet predict`: metric depth of image files, as arrays, pictures and point clouds."""

import argparse
import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optidepthnet_ros.checkpoints.models import DEFAULT_MODEL, resolve_checkpoint
from optidepthnet_ros.cli.commands.estimator_options import CHECKPOINT_HELP, add_estimator_options, make_estimator
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.calibration_file import read_camera
from optidepthnet_ros.files.image_file import find_images, read_image, save_image
from optidepthnet_ros.files.point_cloud_file import write_ply
from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.geometry.depth import mark_out_of_range, points_from_depth

if TYPE_CHECKING:  # `optidepthnet --help` need not wait for torch
    from optidepthnet_ros.inference import DepthEstimate

SUMMARY = 'metric depth of image files'
FORMATS = ('npy', 'png', 'ply')
COLOUR_RANGE = 40.0  # --max-depth over the depth of the nearest colour: 2 m for 80 m, 0.25 m for 10 m


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        'images', type=Path, nargs='+', metavar='IMAGE_OR_FOLDER', help='rectified images of one camera'
    )
    parser.add_argument(
        '--camera',
        type=Path,
        required=True,
        metavar='YAML',
        help='calibration file as written by camera_calibration, for images of this size',
    )
    parser.add_argument('--output', type=Path, required=True, metavar='DIR')
    parser.add_argument('--checkpoint', default=DEFAULT_MODEL, metavar='CHECKPOINT', help=CHECKPOINT_HELP)
    parser.add_argument(
        '--format',
        nargs='+',
        choices=FORMATS,
        default=FORMATS,
        help='npy: depth in metres as float32, NaN where unknown, inf beyond --max-depth; png: the image and its '
        'depth, with a colour scale; ply: a coloured point cloud; default: all',
    )
    parser.add_argument('--max-depth', type=float, default=80.0, metavar='METRES', help='default: %(default)s')
    parser.add_argument(
        '--flip',
        action='store_true',
        help='also predict depth of the mirrored image and blend both (Godard et al., 2017): takes twice as long',
    )
    add_estimator_options(parser, runtime='auto')


def run(args: argparse.Namespace) -> int:
    """Check every input first, so that an error leaves no partial results, then predict."""
    # Imported here, so that `optidepthnet --help` need not wait for torch.
    from optidepthnet_ros.inference.flip import estimate_with_flip

    camera = read_camera(args.camera)
    if not 0 < args.max_depth < math.inf:
        raise ValueError(f'--max-depth is {args.max_depth}, but must be more than 0 m and finite')
    images = find_images(args.images)
    _check_names(images, args)
    for path in images:
        _read(path, camera)
    estimator = make_estimator(resolve_checkpoint(args.checkpoint), args)
    print(f'runs on {estimator.runtime}')
    estimate = partial(estimate_with_flip, estimator) if args.flip else estimator.estimate
    args.output.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    _predict(images, estimate, camera, args)
    seconds = time.perf_counter() - start
    number = '1 image' if len(images) == 1 else f'{len(images)} images'
    print(f'{number} in {seconds:.1f} s: {len(images) / seconds:.1f} a second')
    return 0


def _predict(
    images: list[Path],
    estimate: 'Callable[[np.ndarray, Camera], DepthEstimate]',
    camera: Camera,
    args: argparse.Namespace,
) -> None:
    """Predict image by image, while the next one is read and the previous one is written."""
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        upcoming = reader.submit(_read, images[0], camera)
        written: Future[None] | None = None
        for number, path in enumerate(images, 1):
            image = upcoming.result()
            if number < len(images):
                upcoming = reader.submit(_read, images[number], camera)
            depth = mark_out_of_range(estimate(image, camera).depth, 0.0, args.max_depth)
            if written:
                written.result()  # at most one write is pending, however slow the disk is
            written = writer.submit(_write, depth, image, camera, args, path.stem)
            print(f'[{number}/{len(images)}] {path}')
        if written:
            written.result()


def _check_names(images: list[Path], args: argparse.Namespace) -> None:
    """Refuse to write two results to the same file, or a result over an input."""
    sources: dict[str, Path] = {}
    for path in images:
        if path.stem in sources:
            raise ValueError(
                f'{path} and {sources[path.stem]} would both be written as {path.stem}: write them into two folders'
            )
        sources[path.stem] = path
    written = {(args.output / f'{name}.{suffix}').resolve() for name in sources for suffix in args.format}
    if overwritten := written & {path.resolve() for path in images}:
        raise ValueError(f'--output would overwrite the input {min(overwritten)}: choose another folder')


def _read(path: Path, camera: Camera) -> np.ndarray:
    image = read_image(path)
    if image.shape[:2] != (camera.height, camera.width):
        raise ValueError(
            f'{path}: the image is {image.shape[1]}x{image.shape[0]}, but --camera is for '
            f'{camera.width}x{camera.height}: give the calibration for this image size'
        )
    return image


def _write(depth: np.ndarray, image: np.ndarray, camera: Camera, args: argparse.Namespace, name: str) -> None:
    from optidepthnet_ros.inference import draw_depth

    writers: dict[str, Callable[[Path], object]] = {
        'npy': lambda path: np.save(path, depth),
        'png': lambda path: save_image(path, draw_depth(image, depth, args.max_depth / COLOUR_RANGE, args.max_depth)),
        'ply': lambda path: write_ply(path, points_from_depth(depth, camera), image),
    }
    for suffix in args.format:
        with replacing(args.output / f'{name}.{suffix}') as temporary:
            writers[suffix](temporary)
