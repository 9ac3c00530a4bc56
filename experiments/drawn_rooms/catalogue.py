# SPDX-License-Identifier: Apache-2.0
"""The furniture of open Gazebo worlds: which models go where."""

from dataclasses import dataclass
from pathlib import Path

HOUSE, SHOP = 'aws_robomaker_residential_', 'aws_robomaker_retail_'

BACKED = 'against a wall'
FREE = 'anywhere on the floor'
TABLE = 'on the floor, things on it'
CHAIR = 'at a table, or anywhere'
TOP = 'on a table'
HUNG = 'on a wall'
CEILING = 'under the ceiling'


@dataclass(frozen=True)
class Piece:
    """One model of a world and its place in a room.

    :param heights: range of its lower edge above the floor in metres, if it hangs
    """

    model: str
    place: str
    heights: tuple[float, float] = (0, 0)


def _pieces(prefix: str, place: str, names: str, heights: tuple[float, float] = (0, 0)) -> list[Piece]:
    return [Piece(prefix + name, place, heights) for name in names.split()]


PIECES = [
    *_pieces(HOUSE, BACKED, 'AirconditionerB_01 Bed_01 KitchenCabinet_01 Refrigerator_01 ShoeRack_01 Sofa_01 SofaC_01'),
    *_pieces(HOUSE, BACKED, 'TVCabinet_01 Wardrobe_01 FitnessEquipment_01 NightStand_01'),
    *_pieces(SHOP, BACKED, 'BookshelfB_01 BookshelfC_01'),
    *_pieces('', BACKED, 'control_console warehouse_robot grey_tote first_2015_trash_can'),
    *_pieces(HOUSE, TABLE, 'BalconyTable_01 CoffeeTable_01 KitchenTable_01 ReadingDesk_01 NightStand_01'),
    *_pieces(SHOP, TABLE, 'DeskA_01 InfoDesk_01'),
    *_pieces('', TABLE, 'cafe_table'),
    *_pieces(HOUSE, CHAIR, 'ChairA_01 ChairD_01 SofaB_01'),
    *_pieces(SHOP, CHAIR, 'ChairB_01'),
    *_pieces(HOUSE, FREE, 'Ball_01 Dumbbell_01 Trash_01 SofaB_01'),
    *_pieces(SHOP, FREE, 'ColumnA_01'),
    *_pieces('', FREE, 'cardboard_box construction_cone construction_barrel cinder_block cinder_block_2'),
    *_pieces('', FREE, 'fire_hydrant postbox mars_rover nist_stairs_120 pioneer2dx grey_tote'),
    *_pieces('', FREE, 'drc_practice_truss standpipe first_2015_trash_can euro_pallet'),
    *_pieces(HOUSE, TOP, 'DeskPortraitA_01 DeskPortraitB_01 DeskPortraitC_02 DeskPortraitD_01 KitchenUtensils_01'),
    *_pieces(HOUSE, TOP, 'SeasoningBox_01 Tablet_01 Tableware_01 Vase_01'),
    *_pieces(SHOP, TOP, 'BookD_01 BookE_01 BookF_01 Computer_01 MagicCube_01 Holder_01'),
    *_pieces(SHOP, TOP, 'SmartSpeakerSmall_01 SmartSpeakerTall_01'),
    *_pieces('', TOP, 'coke_can cordless_drill bowl plastic_cup saucepan hammer monkey_wrench intel_realsense_r200'),
    *_pieces(HOUSE, HUNG, 'PortraitA_01 PortraitA_02 PortraitB_01 PortraitB_02 PortraitC_01 PortraitE_01', (1.1, 1.6)),
    *_pieces(HOUSE, HUNG, 'PortraitD_01 PortraitD_02 TV_01 TV_02 Board_01', (0.9, 1.6)),
    *_pieces(HOUSE, HUNG, 'AirconditionerA_01 Rangehood_01', (1.6, 2.0)),
    *_pieces(HOUSE, HUNG, 'Curtain_01 FoldingDoor_01 FoldingDoor_02 Door_01', (0.0, 0.05)),
    *_pieces(HOUSE, CEILING, 'Chandelier_01'),
    *_pieces(SHOP, CEILING, 'LightA_01'),
]  # fmt: skip


def find_models(worlds: Path) -> dict[str, Path]:
    """Return the folder of each model below a folder of checkouts.

    :raises FileNotFoundError: a model is missing
    """
    folders = {path.parent.name: path.parent for path in worlds.rglob('model.config')}
    if missing := sorted({piece.model for piece in PIECES} - set(folders)):
        raise FileNotFoundError(f'{worlds} lacks {", ".join(missing)}; check out the worlds named in the documentation')
    return folders
