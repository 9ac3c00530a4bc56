# SPDX-License-Identifier: Apache-2.0
"""Boxes and poles with texture coordinates in metres, so that tiles and planks have the same size on all of them."""

import math
from itertools import pairwise

import bpy
import numpy as np
from mathutils import Matrix, Vector

POLE_SIDES = 10


def add_box(
    low: tuple[float, float, float], high: tuple[float, float, float], material: bpy.types.Material, turn: float = 0.0
) -> bpy.types.Object:
    """Add a box between two corners, turned about its vertical axis, and return it.

    :param turn: radians
    """
    low, high = Vector(low), Vector(high)
    centre, half = (low + high) / 2, (high - low) / 2
    faces = []
    for axis in range(3):
        u, v = ((1, 2), (0, 2), (0, 1))[axis]
        for side in (-1, 1):
            corners = []
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner = Vector((0, 0, 0))
                corner[axis], corner[u], corner[v] = side * half[axis], a * half[u], b * half[v]
                corners.append((corner, (corner[u], corner[v])))
            faces.append(corners)
    box = _add('box', faces, material)
    box.matrix_world = Matrix.Translation(centre) @ Matrix.Rotation(turn, 4, 'Z')
    return box


def add_pole(
    foot: tuple[float, float, float], radius: float, height: float, material: bpy.types.Material
) -> bpy.types.Object:
    """Add an upright pole and return it."""
    angles = np.linspace(0, 2 * math.pi, POLE_SIDES + 1)
    ring = [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]
    faces = []
    for (first, second), (start, end) in zip(pairwise(ring), pairwise(angles * radius)):
        corners = (((*first, 0), (start, 0)), ((*second, 0), (end, 0)))
        corners += (((*second, height), (end, height)), ((*first, height), (start, height)))
        faces.append([(Vector(corner), uv) for corner, uv in corners])
    faces.append([(Vector((x, y, height)), (x, y)) for x, y in ring[:-1]])
    pole = _add('pole', faces, material)
    pole.location = foot
    return pole


def _add(name: str, faces: list[list[tuple[Vector, tuple[float, float]]]], material: bpy.types.Material):
    data = bpy.data.meshes.new(name)
    corners = [corner for face in faces for corner, _ in face]
    ends = np.cumsum([0, *(len(face) for face in faces)])
    data.from_pydata(corners, [], [list(range(start, end)) for start, end in pairwise(ends.tolist())])
    layer = data.uv_layers.new()
    layer.data.foreach_set('uv', np.array([uv for face in faces for _, uv in face], np.float32).ravel())
    data.materials.append(material)
    added = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(added)
    return added


def hide(thing: bpy.types.Object, hidden: bool) -> None:
    """Hide an object from rendering and from rays, or show it again."""
    thing.hide_render = thing.hide_viewport = hidden


def joined(parts: list[bpy.types.Object]) -> bpy.types.Object:
    """Join several objects into one, with its origin at that of the scene, and return it."""
    whole = parts[0]
    with bpy.context.temp_override(active_object=whole, object=whole, selected_editable_objects=parts):
        if len(parts) > 1:
            bpy.ops.object.join()
    whole.data.transform(whole.matrix_world)
    whole.matrix_world = Matrix.Identity(4)
    return whole


def stand_at_origin(thing: bpy.types.Object) -> Vector:
    """Move the mesh of an object so that it stands on the origin, in the middle, and return its size."""
    corners = np.array([vertex.co for vertex in thing.data.vertices])
    low, high = corners.min(0), corners.max(0)
    thing.data.transform(Matrix.Translation((*(-(low + high)[:2] / 2), -low[2])))
    return Vector(high - low)
