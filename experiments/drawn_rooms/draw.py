# SPDX-License-Identifier: Apache-2.0
"""Draw rooms and render them with exact depth: depth recordings to train on, free to use.

    python -m experiments.drawn_rooms.draw WORLDS LIBRARIES OUTPUT --first 0 --rooms 300 [--views 2] > /dev/null

Needs `infinigen` (1.15.5, which brings Blender) and `pycollada` from PyPI, and nothing from this package. WORLDS holds
checkouts of aws-robomaker-small-house-world and aws-robomaker-bookstore-world (MIT-0) and of gazebo_models (Open
Robotics, CC BY 3.0). LIBRARIES holds the five .sh3f files of Debian's package sweethome3d-furniture (CC BY 3.0 and
CC0). Each room is a scene folder named after its number, which is its seed; existing rooms are not drawn again. Blender
writes to standard output, progress goes to standard error. A view takes about 3 s on one core.
"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path
from random import Random

import bpy
import numpy as np
from PIL import Image

from experiments.drawn_rooms.catalogue import PIECES, Piece, find_models
from experiments.drawn_rooms.furnishing import Furnishing, Models
from experiments.drawn_rooms.library_pieces import FurnitureLibraries
from experiments.drawn_rooms.light import add_daylight, add_lamps
from experiments.drawn_rooms.meshes import read_model
from experiments.drawn_rooms.shell import build_room
from experiments.drawn_rooms.solids import hide
from experiments.drawn_rooms.viewpoints import draw_view

SAMPLES = 4
SHAPES = ((384, 288), (384, 288), (384, 240), (384, 216))
FIELDS_OF_VIEW = (60.0, 85.0)  # degrees, horizontal: about as sharp as the network's input, or sharper
FARTHEST = 25.0  # metres: what is farther is outside, behind a doorway, and stays unknown
UNIT = 0.001  # metres


class ModelLibrary:
    """Furniture, read once per process and copied into each room."""

    def __init__(self, worlds: Path):
        self._library = Path(tempfile.mkdtemp()) / 'models.blend'
        bpy.ops.wm.read_factory_settings(use_empty=True)
        models = find_models(worlds)
        objects = {read_model(models[name]) for name in sorted({piece.model for piece in PIECES})}
        bpy.data.libraries.write(str(self._library), objects)

    def __call__(self, piece: Piece) -> bpy.types.Object:
        if piece.model not in bpy.data.meshes:
            with bpy.data.libraries.load(str(self._library)) as (_, wanted):
                wanted.meshes = [piece.model]
        added = bpy.data.objects.new(piece.model, bpy.data.meshes[piece.model])
        bpy.context.collection.objects.link(added)
        return added


def main() -> None:
    options = _parse()
    models, libraries = ModelLibrary(options.worlds), FurnitureLibraries(options.libraries)
    for number in range(options.first, options.first + options.rooms):
        folder = options.output / f'drawn_{number:05d}'
        if (folder / 'depth.yaml').exists():
            continue
        count = _draw_room(Random(number), models, libraries, folder, options.views)
        print(f'{folder.name}: {count} views', file=sys.stderr, flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('worlds', type=Path)
    parser.add_argument('libraries', type=Path)
    parser.add_argument('output', type=Path)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--rooms', type=int, required=True)
    parser.add_argument('--views', type=int, default=2)
    return parser.parse_args()


def _draw_room(random: Random, models: Models, libraries: FurnitureLibraries, folder: Path, views: int) -> int:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    room = build_room(random)
    add_daylight(random)
    if room.windows == 0 or random.random() < 0.7:
        add_lamps(random, room)
    furnishing = Furnishing(random, room, models, libraries)
    furnishing.furnish()
    width, height = random.choice(SHAPES)
    tangent = math.tan(math.radians(random.uniform(*FIELDS_OF_VIEW)) / 2)
    _set_up_camera(width, height, tangent)
    count = 0
    for _ in range(views):
        if draw_view(random, room, furnishing.taken, tangent):
            _save(random, folder, count, *_render(width, height))
            count += 1
    if count:
        _write_calibration(folder, width, height, width / 2 / tangent)
    return count


def _save(random: Random, folder: Path, number: int, light: np.ndarray, depth: np.ndarray) -> None:
    stored = np.where(depth < FARTHEST, np.rint(depth / UNIT), 0).astype(np.uint16)
    for name, suffix, image in (('rgb', 'jpg', _develop(random, light)), ('depth', 'png', Image.fromarray(stored))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        image.save(folder / name / f'{number:06d}.{suffix}', quality=92)


def _set_up_camera(width: int, height: int, tangent: float) -> None:
    scene = bpy.context.scene
    data = bpy.data.cameras.new('camera')
    data.sensor_fit, data.angle = 'HORIZONTAL', 2 * math.atan(tangent)
    data.clip_start, data.clip_end = 0.05, 1000
    scene.camera = bpy.data.objects.new('camera', data)
    scene.collection.objects.link(scene.camera)
    scene.render.engine = 'CYCLES'
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.threads_mode, scene.render.threads = 'FIXED', 1
    scene.render.use_persistent_data = True
    cycles = scene.cycles
    cycles.use_adaptive_sampling = False
    cycles.denoising_prefilter, cycles.denoising_quality = 'FAST', 'BALANCED'
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 5.0
    scene.view_layers[0].use_pass_z = True


def _render(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return linear light (H, W, 3) and depth along the optical axis (H, W), metres; a window's is that of its pane."""
    light = _render_one('Image', SAMPLES, width, height)[..., :3]
    panes = [thing for thing in bpy.context.scene.objects if thing.hide_render]
    for pane in panes:
        hide(pane, False)
    depth = _render_one('Depth', 1, width, height)[..., 0]
    for pane in panes:
        hide(pane, True)
    return light, depth


def _render_one(output: str, samples: int, width: int, height: int) -> np.ndarray:
    scene = bpy.context.scene
    scene.cycles.samples, scene.cycles.use_denoising = samples, samples > 1
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new('CompositorNodeRLayers')
    node = tree.nodes.new('CompositorNodeOutputFile')
    node.format.file_format, node.format.color_depth = 'OPEN_EXR', '32'
    tree.links.new(layers.outputs[output], node.inputs[0])
    with tempfile.TemporaryDirectory() as folder:
        node.base_path = folder
        bpy.ops.render.render()
        return _pixels(next(Path(folder).glob('*.exr')), width, height)


def _pixels(path: Path, width: int, height: int) -> np.ndarray:
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = 'Non-Color'
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1]


def _develop(random: Random, light: np.ndarray) -> Image.Image:
    """Expose like a camera: the mean light becomes roughly middle gray, and noise grows with the gain."""
    brightness = light.mean()
    exposed = light * random.uniform(0.12, 0.35) / max(float(brightness), 1e-4)
    exposed = exposed * [random.uniform(0.9, 1.1), 1.0, random.uniform(0.85, 1.15)]
    shoulder = 1 - np.exp(-exposed * 1.3)
    generator = np.random.default_rng(random.getrandbits(32))
    noise = random.choice((0.002, 0.008, 0.02))
    shoulder = shoulder + generator.normal(0, noise, shoulder.shape) * np.sqrt(shoulder.clip(0.02))
    return Image.fromarray((shoulder.clip(0, 1) ** (1 / 2.2) * 255).astype(np.uint8))


def _write_calibration(folder: Path, width: int, height: int, focal: float) -> None:
    cx, cy = width / 2, height / 2
    matrix = [focal, 0, cx, 0, focal, cy, 0, 0, 1]
    projection = [focal, 0, cx, 0, 0, focal, cy, 0, 0, 0, 1, 0]
    entries = {
        'image_width': width, 'image_height': height, 'camera_name': folder.name,
        'camera_matrix': {'rows': 3, 'cols': 3, 'data': matrix},
        'distortion_model': 'plumb_bob',
        'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [0.0] * 5},
        'rectification_matrix': {'rows': 3, 'cols': 3, 'data': [1, 0, 0, 0, 1, 0, 0, 0, 1]},
        'projection_matrix': {'rows': 3, 'cols': 4, 'data': projection},
    }  # fmt: skip
    (folder / 'camera.yaml').write_text(json.dumps(entries))
    (folder / 'depth.yaml').write_text(json.dumps({'metres_per_unit': UNIT, 'source': 'rendered'}))


if __name__ == '__main__':
    main()
