# SPDX-License-Identifier: Apache-2.0
"""Surfaces of rooms: paint, wood, tiles, bricks, cloth, concrete and patterns, in metres of texture coordinates."""

import colorsys
from collections.abc import Callable
from random import Random

import bpy

Colour = tuple[float, float, float, float]


class _Nodes:
    """A material's node tree under construction."""

    def __init__(self, name: str, roughness: float):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self._tree = self.material.node_tree
        self.surface = self._tree.nodes['Principled BSDF']
        self.surface.inputs['Roughness'].default_value = roughness
        self._coordinates = self.add('ShaderNodeTexCoord').outputs['UV']

    def add(self, kind: str, **inputs: object) -> bpy.types.Node:
        node = self._tree.nodes.new(kind)
        for name, value in inputs.items():
            socket = node.inputs[name.replace('_', ' ')]
            if isinstance(value, bpy.types.NodeSocket):
                self._tree.links.new(value, socket)
            else:
                socket.default_value = value
        return node

    def stretched(self, x: float, y: float) -> bpy.types.NodeSocket:
        return self.add('ShaderNodeMapping', Vector=self._coordinates, Scale=(x, y, 1)).outputs['Vector']

    def noise(self, scale: float, stretch: float = 1.0, detail: float = 4.0) -> bpy.types.NodeSocket:
        at = self.stretched(1, stretch)
        return self.add('ShaderNodeTexNoise', Vector=at, Scale=scale, Detail=detail).outputs['Fac']

    def mixed(self, share: bpy.types.NodeSocket, low: object, high: object) -> bpy.types.NodeSocket:
        node = self.add('ShaderNodeMixRGB', Fac=share, Color1=low, Color2=high)
        return node.outputs['Color']

    def bump(self, height: bpy.types.NodeSocket, strength: float) -> None:
        node = self.add('ShaderNodeBump', Height=height, Strength=strength, Distance=0.01)
        self._tree.links.new(node.outputs['Normal'], self.surface.inputs['Normal'])

    def coloured(self, colour: bpy.types.NodeSocket) -> bpy.types.Material:
        self._tree.links.new(colour, self.surface.inputs['Base Color'])
        return self.material


def draw_colour(random: Random, saturation: float = 0.4, value: tuple[float, float] = (0.1, 0.9)) -> Colour:
    """Return a colour that is mostly gray."""
    hue = random.choice((random.random(), random.gauss(0.09, 0.03) % 1))
    return (*colorsys.hsv_to_rgb(hue, saturation * random.random() ** 1.5, random.uniform(*value)), 1.0)


def _near(random: Random, colour: Colour, spread: float) -> Colour:
    factor = random.uniform(1 - spread, 1 + spread)
    return (*(min(1.0, channel * factor) for channel in colour[:3]), 1.0)


def paint(random: Random) -> bpy.types.Material:
    colour = draw_colour(random, 0.35, random.choice(((0.5, 0.95), (0.15, 0.8))))
    nodes = _Nodes('paint', random.uniform(0.4, 0.9))
    nodes.bump(nodes.noise(random.uniform(20, 200)), random.uniform(0.02, 0.2))
    stains = nodes.noise(random.uniform(0.3, 2.0), random.uniform(0.4, 1.0))
    return nodes.coloured(
        nodes.mixed(stains, _near(random, colour, 0.02), _near(random, colour, random.choice((0.03, 0.15))))
    )


def wood(random: Random) -> bpy.types.Material:
    tone = random.uniform(0.08, 0.6)
    colour = (tone, tone * random.uniform(0.5, 0.8), tone * random.uniform(0.25, 0.6), 1.0)
    nodes = _Nodes('wood', random.uniform(0.2, 0.7))
    grain = nodes.noise(random.uniform(4, 12), random.uniform(6, 20), 6)
    return nodes.coloured(nodes.mixed(grain, _near(random, colour, 0.2), _near(random, colour, 0.6)))


def planks(random: Random) -> bpy.types.Material:
    tone = random.uniform(0.1, 0.6)
    colour = (tone, tone * random.uniform(0.55, 0.85), tone * random.uniform(0.3, 0.7), 1.0)
    return _laid(random, colour, random.uniform(0.6, 2.0), random.uniform(0.07, 0.2), 0.003, 0.3)


def tiles(random: Random) -> bpy.types.Material:
    side = random.choice((0.1, 0.15, 0.2, 0.3, 0.33, 0.45, 0.6))
    return _laid(
        random, draw_colour(random, 0.3, (0.2, 0.95)), side, side, random.uniform(0.002, 0.008), 0.06, offset=0.0
    )


def bricks(random: Random) -> bpy.types.Material:
    colour = random.choice(((0.35, 0.13, 0.07, 1.0), (0.6, 0.55, 0.48, 1.0), draw_colour(random)))
    return _laid(random, colour, 0.24, 0.07, 0.01, 0.25)


def _laid(
    random: Random, colour: Colour, width: float, height: float, joint: float, spread: float, offset: float = 0.5
) -> bpy.types.Material:
    nodes = _Nodes('laid', random.uniform(0.15, 0.8))
    grain = nodes.noise(random.uniform(3, 15), random.uniform(1, 10))
    light = nodes.mixed(grain, _near(random, colour, spread), _near(random, colour, spread))
    dark = nodes.mixed(grain, _near(random, colour, spread), _near(random, colour, spread))
    node = nodes.add(
        'ShaderNodeTexBrick', Vector=nodes.stretched(1, 1), Scale=1.0, Color1=light, Color2=dark,
        Mortar=draw_colour(random, 0.1), Mortar_Size=joint, Brick_Width=width, Row_Height=height,
    )  # fmt: skip
    node.offset = offset
    nodes.bump(node.outputs['Fac'], -random.uniform(0.0, 0.5))
    return nodes.coloured(node.outputs['Color'])


def cloth(random: Random) -> bpy.types.Material:
    colour = draw_colour(random, 0.8, (0.05, 0.7))
    nodes = _Nodes('cloth', 0.95)
    weave = nodes.noise(random.uniform(60, 300))
    nodes.bump(weave, random.uniform(0.1, 0.6))
    return nodes.coloured(nodes.mixed(weave, _near(random, colour, 0.3), _near(random, colour, 0.5)))


def concrete(random: Random) -> bpy.types.Material:
    tone = random.uniform(0.2, 0.6)
    nodes = _Nodes('concrete', random.uniform(0.3, 0.9))
    coarse, fine = nodes.noise(random.uniform(0.5, 3), detail=8), nodes.noise(random.uniform(10, 60))
    base = nodes.mixed(coarse, (tone * 0.7, tone * 0.7, tone * 0.68, 1), (tone * 1.2, tone * 1.2, tone * 1.15, 1))
    nodes.bump(fine, 0.2)
    return nodes.coloured(nodes.mixed(fine, base, (tone, tone, tone, 1)))


def pattern(random: Random) -> bpy.types.Material:
    """Return stripes, checks or cells, as on wallpaper, rugs and posters."""
    nodes = _Nodes('pattern', random.uniform(0.5, 0.95))
    scale, at = random.uniform(2, 15), nodes.stretched(1, random.choice((0.0, 1.0, 1.0, 2.0)))
    kind = random.choice(('ShaderNodeTexWave', 'ShaderNodeTexVoronoi', 'ShaderNodeTexChecker', 'ShaderNodeTexMagic'))
    node = nodes.add(kind, Vector=at, Scale=scale)
    share = node.outputs.get('Fac') or node.outputs['Distance']
    first, second = draw_colour(random, 0.9), draw_colour(random, 0.6)
    return nodes.coloured(nodes.mixed(share, first, second))


def metal(random: Random) -> bpy.types.Material:
    nodes = _Nodes('metal', random.uniform(0.15, 0.6))
    nodes.surface.inputs['Metallic'].default_value = random.uniform(0.5, 1.0)
    smudges = nodes.noise(random.uniform(2, 20))
    tone = draw_colour(random, 0.15, (0.2, 0.8))
    return nodes.coloured(nodes.mixed(smudges, tone, _near(random, tone, 0.3)))


def glowing(colour: Colour, strength: float) -> bpy.types.Material:
    """Return the material of a lamp's glass.

    :param strength: W/m2
    """
    nodes = _Nodes('lamp', 1.0)
    nodes.surface.inputs['Emission Color'].default_value = colour
    nodes.surface.inputs['Emission Strength'].default_value = strength
    return nodes.material


Maker = Callable[[Random], bpy.types.Material]
FLOORS: list[Maker] = [planks, planks, tiles, tiles, cloth, concrete, wood, pattern]
WALLS: list[Maker] = [paint, paint, paint, paint, paint, bricks, concrete, pattern, tiles, planks]
CEILINGS: list[Maker] = [paint, paint, paint, tiles, concrete, planks]
FURNITURE: list[Maker] = [wood, wood, paint, metal, cloth, planks]
PICTURES: list[Maker] = [pattern, pattern, paint, cloth]
