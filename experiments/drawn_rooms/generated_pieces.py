# SPDX-License-Identifier: Apache-2.0
"""Furniture that Infinigen generates (Raistrick et al., CVPR 2024, BSD-3-Clause), each piece different from all others.

Beds with sheets and plants are left out, because one takes longer than a view.
"""

import math
from random import Random

import bpy
from infinigen.assets.objects import appliances as kitchen
from infinigen.assets.objects import bathroom, decor, elements, lamp, seating, shelves, tables
from infinigen.assets.objects import table_decorations as decorations
from infinigen.assets.objects import tableware as ware
from infinigen.assets.objects import wall_decorations as hung
from infinigen.core.util.math import FixedSeed
from mathutils import Matrix

from experiments.drawn_rooms.catalogue import BACKED, CHAIR, FREE, HUNG, TABLE, TOP
from experiments.drawn_rooms.solids import joined, stand_at_origin

FACTORIES = {
    BACKED: (
        *(seating.SofaFactory, seating.BedFrameFactory, shelves.CellShelfFactory, shelves.TVStandFactory),
        *(shelves.KitchenCabinetFactory, shelves.LargeShelfFactory, shelves.SimpleBookcaseFactory),
        *(shelves.SingleCabinetFactory, shelves.TriangleShelfFactory, kitchen.BeverageFridgeFactory),
        *(kitchen.DishwasherFactory, kitchen.OvenFactory, bathroom.BathtubFactory, bathroom.ToiletFactory),
        *(bathroom.StandingSinkFactory, decor.AquariumTankFactory, shelves.SimpleDeskFactory),
    ),
    TABLE: (
        *(tables.TableDiningFactory, tables.TableCocktailFactory, tables.CoffeeTableFactory, tables.SideTableFactory),
        *(shelves.SimpleDeskFactory, shelves.SidetableDeskFactory),
    ),
    CHAIR: (seating.ChairFactory, seating.ChairFactory, seating.OfficeChairFactory, seating.BarChairFactory),
    FREE: (seating.ArmChairFactory, lamp.FloorLampFactory, elements.PalletFactory, seating.OfficeChairFactory),
    TOP: (
        *(kitchen.MonitorFactory, kitchen.MicrowaveFactory, lamp.DeskLampFactory, decorations.VaseFactory),
        *(decorations.BookStackFactory, decorations.BookColumnFactory, ware.BottleFactory, ware.PotFactory),
        *(ware.PanFactory, ware.FoodBoxFactory, ware.FoodBagFactory, ware.JarFactory, ware.CanFactory),
        *(ware.CupFactory, ware.BowlFactory),
    ),
    HUNG: (hung.WallArtFactory, hung.WallArtFactory, hung.MirrorFactory, kitchen.TVFactory),
}


def add_generated(random: Random, place: str) -> bpy.types.Object:
    """Return a new piece for a place, as one object that stands at the origin, with its back towards +y."""
    kind, seed = random.choice(FACTORIES[place]), random.getrandbits(30)
    with FixedSeed(seed):
        factory = kind(seed)
        asset = factory.spawn_asset(0)
        factory.finalize_assets([asset])
    piece = _as_one(asset)
    piece.data.transform(Matrix.Rotation(-math.pi / 2, 4, 'Z'))  # Infinigen's pieces have their back towards -x
    stand_at_origin(piece)
    return piece


def _as_one(asset: bpy.types.Object) -> bpy.types.Object:
    """Replace an asset and its parts by one mesh without modifiers."""
    parts = [asset, *asset.children_recursive]
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    meshes = []
    for part in parts:
        if part.type == 'MESH':
            data = bpy.data.meshes.new_from_object(part.evaluated_get(graph))
            data.transform(part.matrix_world)
            meshes.append(bpy.data.objects.new(part.name, data))
            bpy.context.collection.objects.link(meshes[-1])
    for part in parts:
        bpy.data.objects.remove(part)
    return joined(meshes)
