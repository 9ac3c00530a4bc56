# SPDX-License-Identifier: Apache-2.0
"""Furniture from boxes and poles, with random sizes: tables, chairs, shelves, cabinets, racks, plants, pictures.

Each function returns one object that stands at the origin, with its longer side along x and its back towards +y.
"""

import math
from random import Random

import bpy

from experiments.drawn_rooms.materials import (
    FURNITURE,
    PICTURES,
    cloth,
    draw_colour,
    glowing,
    metal,
    paint,
    pattern,
    wood,
)
from experiments.drawn_rooms.shell import Room
from experiments.drawn_rooms.solids import add_box, add_pole, joined


def _some(random: Random) -> bpy.types.Material:
    return random.choice(FURNITURE)(random)


def _legs(random: Random, x: float, y: float, height: float, material: bpy.types.Material) -> list[bpy.types.Object]:
    thickness = random.uniform(0.01, 0.035)
    corners = [(side * (x - thickness), end * (y - thickness)) for side in (-1, 1) for end in (-1, 1)]
    if random.random() < 0.5:
        return [add_pole((*corner, 0), thickness, height, material) for corner in corners]
    return [
        add_box((a - thickness, b - thickness, 0), (a + thickness, b + thickness, height), material) for a, b in corners
    ]


def add_table(random: Random) -> bpy.types.Object:
    x, y = random.uniform(0.3, 1.0), random.uniform(0.25, 0.5)
    height, top, legs = random.choice((0.45, 0.73, 0.73, 0.75, 1.05)), _some(random), _some(random)
    thickness = random.uniform(0.015, 0.05)
    return joined([add_box((-x, -y, height - thickness), (x, y, height), top), *_legs(random, x, y, height, legs)])


def add_desk(random: Random) -> bpy.types.Object:
    """Return a table with screens."""
    table = add_table(random)
    high, half = table.dimensions.z, table.dimensions.x / 2
    case = paint(random)
    parts = [table]
    for x in ((0.0,), (-half / 2, half / 2))[random.random() < 0.4]:
        width, low = random.uniform(0.2, 0.32), high + random.uniform(0.08, 0.2)
        glass = glowing(draw_colour(random, 0.8), random.uniform(0, 1.5)) if random.random() < 0.6 else case
        parts += [
            add_box((x - width, 0.05, low), (x + width, 0.08, low + 1.2 * width), case),
            add_box(
                (x - width + 0.015, 0.045, low + 0.015), (x + width - 0.015, 0.05, low + 1.2 * width - 0.015), glass
            ),
            add_pole((x, 0.1, high), 0.02, low - high + 0.1, case),
            add_box((x - 0.2, -0.25, high), (x + 0.2, -0.1, high + 0.02), case),
        ]
    return joined(parts)


def add_chair(random: Random) -> bpy.types.Object:
    half, seat = random.uniform(0.19, 0.25), random.uniform(0.42, 0.5)
    cover, legs = random.choice((cloth, wood, paint))(random), random.choice((metal, wood))(random)
    parts = [add_box((-half, -half, seat - 0.04), (half, half, seat), cover), *_legs(random, half, half, seat, legs)]
    if random.random() < 0.85:
        back = seat + random.uniform(0.3, 0.6)
        low = seat + random.choice((0.0, 0.15))
        parts.append(add_box((-half, half - 0.03, low), (half, half, back), cover))
        parts += [add_pole((side * half * 0.9, half - 0.015, seat), 0.012, back - seat, legs) for side in (-1, 1)]
    return joined(parts)


def add_shelf(random: Random) -> bpy.types.Object:
    """Return a bookcase or a rack with things in it."""
    half, deep = random.uniform(0.25, 0.8), random.uniform(0.2, 0.5)
    top = random.uniform(0.7, 2.2)
    frame, things = _some(random), [paint(random) for _ in range(6)]
    step = random.uniform(0.25, 0.5)
    parts = [add_box((side - 0.01, -deep / 2, 0), (side + 0.01, deep / 2, top), frame) for side in (-half, half)]
    if random.random() < 0.6:
        parts.append(add_box((-half, deep / 2 - 0.01, 0), (half, deep / 2, top), frame))
    low = 0.05
    while low < top:
        parts.append(add_box((-half, -deep / 2, low - 0.02), (half, deep / 2, low), frame))
        x = -half + 0.02
        while x < half - 0.25 and low + 0.1 < top:
            width = random.choice((random.uniform(0.02, 0.05), random.uniform(0.1, 0.22)))
            tall = random.uniform(0.4, 0.9) * min(step, top - low)
            if random.random() < 0.75:
                edge = -deep / 2 + random.uniform(0.0, 0.08)
                parts.append(add_box((x, edge, low), (x + width, deep / 2 - 0.02, low + tall), random.choice(things)))
            x += width + 0.004
        low += step
    return joined(parts)


def add_cabinet(random: Random) -> bpy.types.Object:
    half, deep = random.uniform(0.2, 0.9), random.uniform(0.35, 0.6)
    top = random.choice((0.75, 0.9, 1.2, 1.9, 2.2))
    body, front, handle = _some(random), _some(random), metal(random)
    parts = [add_box((-half, -deep / 2, 0), (half, deep / 2, top), body)]
    columns, rows = random.randint(1, 4), random.randint(1, 4)
    for column in range(columns):
        for row in range(rows):
            x0, x1 = (-half + 2 * half * edge / columns for edge in (column, column + 1))
            z0, z1 = (0.06 + (top - 0.08) * edge / rows for edge in (row, row + 1))
            parts.append(
                add_box((x0 + 0.004, -deep / 2 - 0.018, z0 + 0.004), (x1 - 0.004, -deep / 2, z1 - 0.004), front)
            )
            middle = (x0 + x1) / 2
            parts.append(
                add_box(
                    (middle - 0.05, -deep / 2 - 0.04, z1 - 0.06), (middle + 0.05, -deep / 2 - 0.018, z1 - 0.045), handle
                )
            )
    return joined(parts)


def add_sofa(random: Random) -> bpy.types.Object:
    half, deep, seat = random.uniform(0.4, 1.1), random.uniform(0.75, 0.95), random.uniform(0.38, 0.46)
    cover, cushion = cloth(random), random.choice((cloth, pattern))(random)
    back = seat + random.uniform(0.3, 0.5)
    parts = [
        add_box((-half, -deep / 2, 0.08), (half, deep / 2, seat), cover),
        add_box((-half, deep / 2 - 0.2, 0.08), (half, deep / 2, back), cover),
        *(
            add_box((side * half - 0.1, -deep / 2, 0), (side * half + 0.1, deep / 2, seat + 0.2), cover)
            for side in (-1, 1)
        ),
    ]
    parts += [
        add_box((x - 0.2, 0.1, seat), (x + 0.2, 0.25, seat + 0.35), cushion, random.uniform(-0.3, 0.3))
        for x in (-half / 2, half / 2)
    ]
    return joined(parts)


def add_bed(random: Random) -> bpy.types.Object:
    half, deep, top = random.uniform(0.45, 0.95), 2.0, random.uniform(0.35, 0.6)
    frame, sheet, cover = _some(random), cloth(random), random.choice((cloth, pattern))(random)
    return joined([
        add_box((-half, -deep / 2, 0.1), (half, deep / 2, top - 0.15), frame),
        add_box((-half, deep / 2 - 0.05, 0), (half, deep / 2, top + 0.5), frame),
        add_box((-half, -deep / 2, top - 0.15), (half, deep / 2 - 0.05, top), sheet),
        add_box((-half - 0.02, -deep / 2 - 0.02, top - 0.2), (half + 0.02, 0.3, top + 0.04), cover),
        add_box((-half * 0.8, deep / 2 - 0.5, top), (half * 0.8, deep / 2 - 0.1, top + 0.12), sheet),
    ])  # fmt: skip


def add_radiator(random: Random) -> bpy.types.Object:
    half, top, material = random.uniform(0.3, 0.9), random.uniform(0.5, 0.9), paint(random)
    count = int(half / 0.03)
    return joined([add_box((-half, 0.02, 0.15), (half, 0.04, top), material)] + [
        add_box((-half + 0.06 * i, -0.05, 0.12), (-half + 0.06 * i + 0.04, 0.05, top), material) for i in range(count)
    ])  # fmt: skip


def add_boxes(random: Random) -> bpy.types.Object:
    """Return a pile of boxes."""
    parts, low = [], 0.0
    card = paint(random)
    for _ in range(random.randint(1, 4)):
        x, y, tall = (random.uniform(0.1, 0.35) for _ in range(3))
        material = card if random.random() < 0.6 else random.choice(FURNITURE)(random)
        parts.append(add_box((-x, -y, low), (x, y, low + tall), material, random.uniform(-0.3, 0.3)))
        low += tall
    return joined(parts)


def add_standing_lamp(random: Random) -> bpy.types.Object:
    tall, stand = random.uniform(1.2, 1.8), metal(random)
    shade = glowing((1, 0.8, 0.55, 1), random.uniform(0, 8)) if random.random() < 0.6 else cloth(random)
    radius = random.uniform(0.1, 0.22)
    return joined([
        add_pole((0, 0, 0), 0.14, 0.03, stand),
        add_pole((0, 0, 0), random.uniform(0.008, 0.02), tall, stand),
        add_pole((0, 0, tall - 0.25), radius, 0.3, shade),
    ])  # fmt: skip


def add_plant(random: Random) -> bpy.types.Object:
    pot, leaf = random.choice((paint, wood))(random), paint(random)
    green = (random.uniform(0.02, 0.15), random.uniform(0.1, 0.4), random.uniform(0.01, 0.1), 1)
    leaf.node_tree.nodes['Principled BSDF'].inputs['Base Color'].default_value = green
    for link in list(leaf.node_tree.links):
        if link.to_socket.name == 'Base Color':
            leaf.node_tree.links.remove(link)
    radius, tall = random.uniform(0.1, 0.22), random.uniform(0.4, 1.6)
    parts = [add_pole((0, 0, 0), radius, radius * 2, pot), add_pole((0, 0, radius), 0.012, tall - radius, leaf)]
    for _ in range(random.randint(15, 50)):
        angle, reach, z = random.uniform(0, 2 * math.pi), random.uniform(0.02, 0.3), random.uniform(0.5, 1.0) * tall
        x, y, size = reach * math.cos(angle), reach * math.sin(angle), random.uniform(0.03, 0.12)
        parts.append(add_box((x - size, y - size / 4, z), (x + size, y + size / 4, z + 0.01), leaf, angle))
    return joined(parts)


def add_pillar(random: Random, height: float) -> bpy.types.Object:
    """Return a pillar or a pipe of the height of the room."""
    half, material = random.uniform(0.03, 0.3), random.choice((paint, metal, wood))(random)
    if random.random() < 0.5:
        return joined([add_pole((0, 0, 0), half, height - 0.01, material)])
    return joined([add_box((-half, -half, 0), (half, half, height - 0.01), material)])


def add_rack(random: Random) -> bpy.types.Object:
    """Return a trolley or a frame of thin bars."""
    x, y, tall, bars = random.uniform(0.2, 0.6), random.uniform(0.15, 0.3), random.uniform(0.5, 1.6), metal(random)
    parts = _legs(random, x, y, tall, bars)
    for level in range(random.randint(1, 4)):
        z = tall * (level + 0.5) / 4
        if random.random() < 0.5:
            parts.append(add_box((-x, -y, z), (x, y, z + 0.02), _some(random)))
        else:
            parts += [add_box((-x, side - 0.01, z), (x, side + 0.01, z + 0.02), bars) for side in (-y, y)]
    return joined(parts)


def add_picture(random: Random) -> bpy.types.Object:
    """Return a framed picture, a notice or a board, 2 cm deep."""
    half, tall = random.uniform(0.08, 0.7), random.uniform(0.15, 0.9)
    parts = [add_box((-half, -0.01, 0), (half, 0.01, tall), _some(random))]
    edge = random.uniform(0.005, 0.05)
    sheet = random.choice(PICTURES)(random)
    parts.append(add_box((-half + edge, -0.012, edge), (half - edge, -0.01, tall - edge), sheet))
    return joined(parts)


def add_rug(random: Random, room: Room) -> None:
    """Lay a rug."""
    x, y = random.uniform(0.3, 0.7) * room.width, random.uniform(0.3, 0.7) * room.depth
    half, deep = random.uniform(0.3, 0.4) * room.width, random.uniform(0.2, 0.3) * room.depth
    add_box((x - half, y - deep, 0), (x + half, y + deep, 0.01), random.choice((cloth, pattern))(random))


DRAWN_TABLES = [add_table, add_table, add_desk]
DRAWN_WALL = [add_shelf, add_shelf, add_cabinet, add_cabinet, add_sofa, add_bed, add_radiator]
DRAWN_FREE = [add_chair, add_chair, add_boxes, add_standing_lamp, add_plant, add_rack]
