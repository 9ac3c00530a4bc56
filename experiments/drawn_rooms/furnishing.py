# SPDX-License-Identifier: Apache-2.0
"""Furniture in a room, without overlap: models of worlds and libraries, generated pieces and pieces drawn here."""

import math
from collections.abc import Callable
from random import Random

import bpy
from mathutils import Matrix, Vector

from experiments.drawn_rooms.catalogue import BACKED, CEILING, CHAIR, FREE, HUNG, PIECES, TABLE, TOP, Piece
from experiments.drawn_rooms.drawn_pieces import DRAWN_FREE, DRAWN_TABLES, DRAWN_WALL, add_picture, add_pillar, add_rug
from experiments.drawn_rooms.generated_pieces import FACTORIES, add_generated
from experiments.drawn_rooms.library_pieces import FurnitureLibraries
from experiments.drawn_rooms.shell import Room, Wall

GAP = 0.02  # metres between furniture and wall
TRIES = 12
LIBRARY, GENERATED = 0.75, 0.05  # shares of pieces of libraries and of generated ones; the rest are models of worlds

Models = Callable[[Piece], bpy.types.Object]


class Furnishing:
    """Fills one room.

    :param models: returns a new object of a piece, at the origin, with its back towards +y
    """

    def __init__(self, random: Random, room: Room, models: Models, libraries: FurnitureLibraries):
        self._random = random
        self._room = room
        self._models = models
        self._libraries = libraries
        self.taken: list[tuple[float, float, float]] = []  # centre and radius of each piece on the floor

    def furnish(self) -> None:
        """Add everything."""
        random, area = self._random, self._room.width * self._room.depth
        crowd = random.uniform(1.0, 3.0)
        if random.random() < 0.4:
            add_rug(random, self._room)
        for _ in range(_count(random, 0.35 * crowd * area**0.7)):
            self._against_wall()
        for _ in range(_count(random, 0.15 * crowd * area**0.7)):
            self._table()
        for _ in range(_count(random, 0.25 * crowd * area**0.7)):
            self._anywhere()
        for _ in range(_count(random, 0.3 * crowd * area**0.7)):
            self._on_wall()
        if random.random() < 0.4:
            self._under_ceiling()

    def _choose(self, place: str) -> Piece:
        return self._random.choice([piece for piece in PIECES if piece.place == place])

    def _draw(self, place: str) -> bpy.types.Object:
        source = self._random.random()
        if source < LIBRARY:
            return self._libraries.add(self._random, place)[0]
        if source < LIBRARY + GENERATED and place in FACTORIES:
            return add_generated(self._random, place)
        added = self._models(self._choose(place))
        if self._random.random() < 0.3:
            added.scale = (self._random.uniform(0.92, 1.08),) * 3
        return added

    def _claim(self, x: float, y: float, size: Vector) -> bool:
        radius = math.hypot(size.x, size.y) / 2 * 0.85
        if any(math.hypot(x - a, y - b) < radius + other for a, b, other in self.taken):
            return False
        self.taken.append((x, y, radius))
        return True

    def _against_wall(self) -> None:
        random = self._random
        piece = self._draw(BACKED) if random.random() < 0.7 else random.choice(DRAWN_WALL)(random)
        size = _size(piece)
        for _ in range(TRIES):
            wall, start, end = random.choice(self._room.free)
            if size.x > end - start or size.y > 0.6 * self._across(wall):
                continue
            x, y = wall.at(random.uniform(start + size.x / 2, end - size.x / 2), size.y / 2 + GAP)
            if size.z < self._room.height and self._claim(x, y, size):
                _put(piece, (x, y, 0), math.atan2(wall.inward[0], -wall.inward[1]))
                self._things_on(piece, (x, y), size, 0.3)
                return
        _remove(piece)

    def _across(self, wall: Wall) -> float:
        return self._room.depth if wall.inward[0] == 0 else self._room.width

    def _table(self) -> None:
        random = self._random
        table = self._draw(TABLE) if random.random() < 0.7 else random.choice(DRAWN_TABLES)(random)
        size = _size(table)
        at = self._free_place(size)
        if at is None:
            _remove(table)
            return
        turn = random.choice((0.0, math.pi / 2, random.uniform(0, 2 * math.pi)))
        _put(table, (*at, 0), turn)
        self._things_on(table, at, size, 0.9)
        for _ in range(random.randint(0, 4)):
            self._chair_at(at, turn, size)

    def _chair_at(self, at: tuple[float, float], turn: float, table: Vector) -> None:
        random, chair = self._random, self._draw(CHAIR)
        side, along = random.choice((-1, 1)), random.uniform(-0.4, 0.4) * table.x
        offset = Matrix.Rotation(turn, 2) @ Vector((along, side * (table.y / 2 + random.uniform(0.1, 0.5))))
        x, y = at[0] + offset.x, at[1] + offset.y
        if not self._inside(x, y, 0.3):
            _remove(chair)
            return
        _put(chair, (x, y, 0), turn + (0 if side > 0 else math.pi) + random.gauss(0, 0.4))
        self.taken.append((x, y, 0.25))

    def _anywhere(self) -> None:
        piece = self._draw_loose()
        size = _size(piece)
        at = self._free_place(size) if size.z < self._room.height else None
        if at is None:
            _remove(piece)
        else:
            _put(piece, (*at, 0), self._random.uniform(0, 2 * math.pi))

    def _draw_loose(self) -> bpy.types.Object:
        random = self._random
        if random.random() < 0.6:
            return self._draw(random.choice((FREE, FREE, CHAIR)))
        if random.random() < 0.15:
            return add_pillar(random, self._room.height)
        return random.choice(DRAWN_FREE)(random)

    def _free_place(self, size: Vector) -> tuple[float, float] | None:
        margin = max(size.x, size.y) / 2 + 0.05
        for _ in range(TRIES):
            x, y = (self._random.uniform(0, side) for side in (self._room.width, self._room.depth))
            if self._inside(x, y, margin) and self._claim(x, y, size):
                return x, y
        return None

    def _inside(self, x: float, y: float, margin: float) -> bool:
        return margin < x < self._room.width - margin and margin < y < self._room.depth - margin

    def _things_on(self, table: bpy.types.Object, at: tuple[float, float], size: Vector, chance: float) -> None:
        random = self._random
        if size.z > 1.3 or random.random() > chance:
            return
        for _ in range(random.randint(1, 6)):
            thing = self._draw(TOP)
            offset = table.matrix_world.to_3x3() @ Vector(
                [random.uniform(-0.38, 0.38) * side for side in size[:2]] + [0]
            )
            _put(thing, (at[0] + offset.x, at[1] + offset.y, size.z), random.uniform(0, 2 * math.pi))

    def _on_wall(self) -> None:
        random, room = self._random, self._room
        wall, start, end = random.choice(room.free)
        hung, low = self._draw_hung()
        size = _size(hung)
        if size.x > end - start or low + size.z > room.height:
            _remove(hung)
            return
        x, y = wall.at(random.uniform(start + size.x / 2, end - size.x / 2), size.y / 2 + 0.005)
        _put(hung, (x, y, low), math.atan2(wall.inward[0], -wall.inward[1]))

    def _draw_hung(self) -> tuple[bpy.types.Object, float]:
        """Return a piece for a wall, and its height above the floor in metres."""
        random, kind = self._random, self._random.random()
        if kind < 0.3:
            return add_picture(random), random.uniform(0.8, 1.6)
        if kind < 0.6:
            return self._libraries.add(random, HUNG)
        if kind < 0.75:
            return add_generated(random, HUNG), random.uniform(0.4, 1.4)
        chosen = self._choose(HUNG)
        return self._models(chosen), random.uniform(*chosen.heights)

    def _under_ceiling(self) -> None:
        lamp = self._draw(CEILING)
        x, y = self._random.uniform(0.2, 0.8) * self._room.width, self._random.uniform(0.2, 0.8) * self._room.depth
        _put(lamp, (x, y, self._room.height - _size(lamp).z), 0.0)


def _count(random: Random, mean: float) -> int:
    return int(mean + random.random())


def _size(added: bpy.types.Object) -> Vector:
    bpy.context.view_layer.update()
    return added.dimensions.copy()


def _put(added: bpy.types.Object, at: tuple[float, float, float], turn: float) -> None:
    added['piece'] = True  # to recognise it when a ray hits it
    scale = added.scale.copy()
    added.matrix_world = Matrix.Translation(at) @ Matrix.Rotation(turn, 4, 'Z') @ Matrix.Diagonal((*scale, 1))


def _remove(added: bpy.types.Object) -> None:
    bpy.data.objects.remove(added)
