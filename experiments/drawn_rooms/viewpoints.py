# SPDX-License-Identifier: Apache-2.0
"""Places for a robot's camera in a room."""

import math
from random import Random

import bpy
import numpy as np
from mathutils import Euler, Vector

from experiments.drawn_rooms.shell import Room

CLEARANCE = 0.25  # metres around the camera
NEAREST, MEDIANS = 0.3, (0.4, 0.7, 1.0, 1.6)  # least metres: of all rays; of the median ray, chosen at random
LEAST_FURNITURE = (0.0, 0.1, 0.2, 0.3, 0.4)  # least share of rays that hit furniture, chosen at random
FARTHEST, MOST_OUTSIDE = 50.0, 0.3  # metres; share of the rays
PITCHES = ((-7, 10), (-7, 10), (-25, 15))  # mean and deviation in degrees, chosen at random
TRIES = 60


def draw_view(random: Random, room: Room, taken: list[tuple[float, float, float]], tangent: float) -> bool:
    """Move the scene's camera to a place from which it sees enough; return whether one was found.

    :param tangent: tangent of half the horizontal field of view
    """
    camera = bpy.context.scene.camera
    median, furniture = random.choice(MEDIANS), random.choice(LEAST_FURNITURE)
    for _ in range(TRIES):
        x, y = (random.uniform(CLEARANCE, side - CLEARANCE) for side in (room.width, room.depth))
        if any(math.hypot(x - a, y - b) < radius + CLEARANCE for a, b, radius in taken):
            continue
        z = random.choice((random.uniform(0.15, 0.5), random.uniform(0.3, 1.7), random.uniform(0.8, 1.7)))
        if room.kind == 'hall' and random.random() < 0.3:
            z = random.uniform(1.5, room.height - 0.5)
        pitch = math.radians(max(-60, min(25, random.gauss(*random.choice(PITCHES)))))
        camera.location = (x, y, z)
        camera.rotation_euler = Euler((math.pi / 2 + pitch, math.radians(random.gauss(0, 2.5)), 0), 'XYZ')
        camera.rotation_euler.z = random.uniform(0, 2 * math.pi)
        if _sees_enough(camera, tangent, median, furniture):
            return True
    return False


def _sees_enough(camera: bpy.types.Object, tangent: float, median: float, furniture: float) -> bool:
    """Check the hits of a grid of rays: how far they are, and how many of them are furniture."""
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    origin, turn = camera.matrix_world.translation, camera.matrix_world.to_3x3()
    distances, pieces, outside = [], 0, 0
    for u in np.linspace(-0.9, 0.9, 7):
        for v in np.linspace(-0.7, 0.7, 5):
            ray = turn @ Vector((u * tangent, v * tangent, -1)).normalized()
            hit, place, _, _, thing, _ = bpy.context.scene.ray_cast(graph, origin, ray)
            distances.append((place - origin).length if hit else FARTHEST)
            pieces += hit and 'piece' in thing.keys()  # noqa: SIM118 an object is no dictionary
            outside += distances[-1] > FARTHEST / 2
    count = len(distances)
    enough = min(distances) > NEAREST and float(np.median(distances)) > median
    return enough and pieces >= furniture * count and outside < MOST_OUTSIDE * count
