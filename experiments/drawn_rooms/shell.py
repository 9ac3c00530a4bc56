# SPDX-License-Identifier: Apache-2.0
"""Floor, ceiling and walls of a room, with windows, doors, a partition and the surroundings.

The panes of windows are hidden: light passes, but depth ends there, because a robot cannot pass.
"""

from dataclasses import dataclass
from random import Random

import bpy

from experiments.drawn_rooms.materials import CEILINGS, FLOORS, WALLS, metal, paint, wood
from experiments.drawn_rooms.solids import add_box, hide

THICKNESS = 0.2  # of walls, metres
# Smallest and largest width, depth and height in metres, and relative frequency.
KINDS = {
    'living': ((3.0, 7.0), (3.0, 6.0), (2.3, 3.0), 4),
    'office': ((4.0, 12.0), (4.0, 9.0), (2.5, 3.2), 3),
    'small': ((1.8, 3.2), (2.2, 3.8), (2.2, 2.7), 2),
    'corridor': ((1.4, 2.6), (6.0, 18.0), (2.3, 3.0), 2),
    'hall': ((8.0, 24.0), (8.0, 20.0), (4.0, 8.0), 2),
}


@dataclass(frozen=True)
class Wall:
    """One side of a room, seen from inside.

    :param start: metres, (x, y) of its left end
    :param along: unit vector towards its right end
    :param inward: unit vector into the room
    """

    start: tuple[float, float]
    along: tuple[float, float]
    inward: tuple[float, float]
    length: float

    def at(self, distance: float, depth: float) -> tuple[float, float]:
        """Return the point that lies ``distance`` from the left end and ``depth`` inside the wall."""
        return tuple(self.start[i] + distance * self.along[i] + depth * self.inward[i] for i in range(2))


@dataclass(frozen=True)
class Room:
    """A rectangle from (0, 0) to (width, depth).

    :param free: for each wall, the parts without windows and doors, as distances from its left end
    """

    kind: str
    width: float
    depth: float
    height: float
    free: list[tuple[Wall, float, float]]
    windows: int


def build_room(random: Random) -> Room:
    """Draw a room and add it to the scene."""
    kind = random.choices(list(KINDS), [weight for *_, weight in KINDS.values()])[0]
    width, depth, height = (random.uniform(*bounds) for bounds in KINDS[kind][:3])
    floor, ceiling, plaster = (random.choice(makers)(random) for makers in (FLOORS, CEILINGS, WALLS))
    reach = 3 * THICKNESS
    add_box((-reach, -reach, -0.1), (width + reach, depth + reach, 0), floor)
    add_box((-reach, -reach, height), (width + reach, depth + reach, height + 0.1), ceiling)
    walls = [
        Wall((0, depth), (1, 0), (0, -1), width),
        Wall((width, depth), (0, -1), (-1, 0), depth),
        Wall((width, 0), (-1, 0), (0, 1), width),
        Wall((0, 0), (0, 1), (1, 0), depth),
    ]
    frame = random.choice((wood, metal, paint))(random)
    free, windows = [], 0
    for wall in walls:
        material = plaster if random.random() < 0.8 else random.choice(WALLS)(random)
        openings = _draw_openings(random, wall.length, height)
        windows += sum(low > 0 for _, _, low, _ in openings)
        _build_wall(wall, openings, height, material, frame)
        bounds = [0.0, *(edge for start, end, *_ in openings for edge in (start, end)), wall.length]
        free += [(wall, bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2) if bounds[i + 1] - bounds[i] > 0.3]
        if random.random() < 0.7:
            _line(wall, 0.0, wall.length, 0.0, random.uniform(0.05, 0.12), 0.015, frame)
    if kind in ('living', 'office', 'hall') and random.random() < 0.45:
        _build_partition(random, width, depth, height, plaster)
    _build_outside(random, width, depth)
    return Room(kind, width, depth, height, free, windows)


def _draw_openings(random: Random, length: float, height: float) -> list[tuple[float, float, float, float]]:
    """Return start, end, lower and upper edge of each opening, left to right; doorways start at the floor."""
    openings, at = [], random.uniform(0.3, 1.5)
    while at < length - 1.0:
        if random.random() < 0.35:
            span = random.uniform(0.6, 2.4)
            if random.random() < 0.75:
                low, high = random.uniform(0.6, 1.2), random.uniform(1.7, min(height - 0.15, 2.4))
            else:
                low, high, span = 0.0, random.uniform(1.95, 2.15), random.uniform(0.75, 1.6)
            if at + span < length - 0.2:
                openings.append((at, at + span, low, high))
            at += span
        at += random.uniform(0.4, 3.0)
    return openings


def _line(
    wall: Wall, start: float, end: float, low: float, high: float, depth: float, material: bpy.types.Material
) -> bpy.types.Object:
    """Add a box along a wall that reaches ``depth`` into the room, or out of it if ``depth`` is negative."""
    (x0, y0), (x1, y1) = wall.at(start, 0), wall.at(end, depth)
    return add_box((min(x0, x1), min(y0, y1), low), (max(x0, x1), max(y0, y1), high), material)


def _build_wall(
    wall: Wall,
    openings: list[tuple[float, float, float, float]],
    height: float,
    material: bpy.types.Material,
    frame: bpy.types.Material,
) -> None:
    at = 0.0
    for start, end, low, high in openings:
        _line(wall, at, start, 0, height, -THICKNESS, material)
        _line(wall, start, end, high, height, -THICKNESS, material)
        if low > 0:
            _line(wall, start, end, 0, low, -THICKNESS, material)
            _line(wall, start, end, low - 0.03, low, 0.06, frame)
            middle = (start + end) / 2
            _line(wall, middle - 0.025, middle + 0.025, low, high, -0.06, frame)
            hide(_line(wall, start, end, low, high, -0.03, frame), True)
        for edge in (start, end):
            _line(wall, edge - 0.03, edge + 0.03, low, high + 0.03, 0.02, frame)
        _line(wall, start, end, high - 0.03, high + 0.03, 0.02, frame)
        at = end
    _line(wall, at, wall.length, 0, height, -THICKNESS, material)


def _build_partition(random: Random, width: float, depth: float, height: float, material: bpy.types.Material) -> None:
    x, start = random.uniform(0.3, 0.7) * width, random.uniform(0.1, 0.5) * depth
    end = start + random.uniform(0.9, 2.5)
    top = height if random.random() < 0.7 else random.uniform(1.0, 1.8)
    for low, high in ((0.0, start), (min(end, depth), depth)):
        add_box((x, low, 0), (x + 0.1, high, top), material)
    if top == height and random.random() < 0.7:
        add_box((x, start, min(2.1, height - 0.1)), (x + 0.1, end, height), material)


def _build_outside(random: Random, width: float, depth: float) -> None:
    """Add ground and facades, or the walls of adjacent rooms, which are visible through doorways and windows."""
    ground = -0.11 if random.random() < 0.5 else -random.uniform(3, 8)
    size = 60.0
    add_box((-size, -size, ground - 1), (size, size, ground), random.choice(FLOORS)(random))
    for _ in range(random.randint(2, 7)):
        x, y = random.uniform(-20, 20 + width), random.uniform(-20, 20 + depth)
        half = random.uniform(1, 4)
        gap = 1.2 + half
        if -gap < x < width + gap and -gap < y < depth + gap:
            continue
        add_box(
            (x - half, y - half, ground),
            (x + half, y + half, ground + random.uniform(2, 12)),
            random.choice(WALLS)(random),
        )
