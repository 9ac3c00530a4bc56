"""Small real recordings of a camera that sees depth: boxes before a wall, whose edges are edges of the image too."""

import cv2
import numpy as np
from stereo_recordings import HEIGHT, WIDTH, wall, write_calibration

WALL, BOXES = 4.0, (1.5, 2.0, 2.5)  # metres


def room(seed=0):
    """Return an image, uint8 (HEIGHT, WIDTH, 3), and its depth in metres, float32 (HEIGHT, WIDTH)."""
    random = np.random.default_rng(seed)
    image = cv2.cvtColor(wall(seed)[0] // 4, cv2.COLOR_GRAY2BGR)
    depth = np.full((HEIGHT, WIDTH), WALL, np.float32)
    for metres in sorted(BOXES, reverse=True):
        x, y = random.integers(10, WIDTH - 110), random.integers(10, HEIGHT - 90)
        box = np.s_[y : y + random.integers(50, 80), x : x + random.integers(60, 100)]
        image[box] = image[box] // 2 + random.integers(80, 190, 3).astype(np.uint8)
        depth[box] = metres
    return image, depth


def millimetres(depth):
    return np.nan_to_num(depth * 1000).round().astype(np.uint16)


def write_depth_yaml(path, metres_per_unit=0.001, source='rgb-d camera'):
    path.write_text(f'metres_per_unit: {metres_per_unit}\nsource: {source}\n')


def write_depth_scene(folder, frames, views=room, source='rgb-d camera'):
    """Write a scene folder; ``views`` makes image and depth of a number."""
    for index in range(frames):
        image, depth = views(index)
        for name, picture in (('rgb', image), ('depth', millimetres(depth))):
            (folder / name).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / name / f'{index:06d}.png'), picture)
    write_calibration(folder / 'camera.yaml')
    write_depth_yaml(folder / 'depth.yaml', source=source)
