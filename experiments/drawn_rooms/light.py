# SPDX-License-Identifier: Apache-2.0
"""Daylight and lamps."""

from random import Random

import bpy

from experiments.drawn_rooms.materials import draw_colour, glowing
from experiments.drawn_rooms.shell import Room
from experiments.drawn_rooms.solids import add_box


def add_daylight(random: Random) -> None:
    """Set sky and sun."""
    world = bpy.data.worlds.new('sky')
    bpy.context.scene.world = world
    world.use_nodes = True
    colour = draw_colour(random, 0.3, (0.6, 1.0))
    world.node_tree.nodes['Background'].inputs['Color'].default_value = colour
    world.node_tree.nodes['Background'].inputs['Strength'].default_value = random.choice((0.02, 0.3, 1.0, 2.0))
    if random.random() < 0.5:
        sun = bpy.data.lights.new('sun', 'SUN')
        sun.energy, sun.angle = random.uniform(1, 6), 0.01
        lamp = bpy.data.objects.new('sun', sun)
        lamp.rotation_euler = (random.uniform(0.3, 1.2), 0, random.uniform(0, 6.28))
        bpy.context.collection.objects.link(lamp)


def add_lamps(random: Random, room: Room) -> None:
    """Add lamps to the ceiling, one for every few square metres."""
    area = room.width * room.depth
    count = max(1, round(area / random.uniform(5, 25)))
    warm = random.uniform(0.35, 1.0)
    colour = (1.0, 0.55 + 0.45 * warm, 0.2 + 0.8 * warm, 1.0)
    length, breadth = random.choice(((0.2, 0.2), (0.6, 0.6), (1.2, 0.15), (0.4, 0.4)))
    glass = glowing(colour, random.uniform(4, 20))
    for _ in range(min(count, 12)):
        x, y = random.uniform(0.15, 0.85) * room.width, random.uniform(0.15, 0.85) * room.depth
        top = room.height - random.choice((0.0, 0.0, random.uniform(0, 0.6)))
        add_box((x - length / 2, y - breadth / 2, top - 0.04), (x + length / 2, y + breadth / 2, top - 0.01), glass)
        light = bpy.data.lights.new('lamp', 'AREA')
        light.shape, light.size, light.size_y = 'RECTANGLE', length, breadth
        light.energy, light.color = random.uniform(10, 60) * room.height / 2.5, colour[:3]
        lamp = bpy.data.objects.new('lamp', light)
        lamp.location = (x, y, top - 0.05)
        bpy.context.collection.objects.link(lamp)
