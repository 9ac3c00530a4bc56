# SPDX-License-Identifier: Apache-2.0
"""Furniture, household things and people of Sweet Home 3D's free libraries (CC BY 3.0 and CC0): 600 models with sizes.

A library is a zip file with the suffix .sh3f: meshes, and a catalogue that gives each model's size and height above
the floor in centimetres. Its meshes have y upwards and their front towards +z.
"""

import math
import re
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

import bpy
from mathutils import Matrix

from experiments.drawn_rooms.catalogue import BACKED, CEILING, CHAIR, FREE, HUNG, TABLE, TOP
from experiments.drawn_rooms.solids import joined, stand_at_origin

CATALOGUE = 'PluginFurnitureCatalog.properties'
CENTIMETRE = 0.01
LARGEST, HIGHEST, FLATTEST = 3.0, 2.4, 0.03  # metres: larger and flatter models are left out
HEAVIEST = 1_000_000  # bytes of a mesh: a larger one, and one in ten is, takes longer than a view
INDOORS = ('Living room', 'Bedroom', 'Kitchen', 'Bathroom', 'Office')
Y_TO_Z = Matrix.Rotation(math.pi / 2, 3, 'X')


@dataclass(frozen=True)
class LibraryPiece:
    """One model of a library.

    :param size: metres, along x, y and z
    :param elevation: of its lower edge above the floor in metres
    :param rotation: what turns the mesh upright
    """

    mesh: Path
    name: str
    category: str
    size: tuple[float, float, float]
    elevation: float
    rotation: Matrix

    @property
    def place(self) -> str | None:
        """Where it goes; ``None`` if it suits no room."""
        width, depth, height = self.size
        if max(width, depth) > LARGEST or height > HIGHEST or min(self.size) < FLATTEST:
            return None
        if self.mesh.stat().st_size > HEAVIEST:
            return None
        if self.category == 'Characters' and re.search('sitting|lying|horse', self.name):
            return None
        if self.elevation > 0:
            return CEILING if self.category == 'Lights' and self.elevation > 1.6 else HUNG
        if re.search('chair|stool|seat', self.name):
            return CHAIR
        if re.search('table|desk', self.name) and 0.35 < height < 1.1 and width > 0.5:
            return TABLE
        if max(width, depth) < 0.5 and height < 0.6:
            return TOP
        return BACKED if self.category in INDOORS and width > 0.4 else FREE


class FurnitureLibraries:
    """All libraries of a folder.

    :raises FileNotFoundError: the folder has none
    """

    def __init__(self, folder: Path):
        unpacked = Path(tempfile.mkdtemp())
        self._pieces: dict[str | None, list[LibraryPiece]] = defaultdict(list)
        for file in sorted(folder.glob('*.sh3f')):
            with zipfile.ZipFile(file) as library:
                library.extractall(unpacked / file.stem)
            for materials in (unpacked / file.stem).rglob('*.mtl'):
                _drop_missing_textures(materials)
            for piece in _read_catalogue(unpacked / file.stem):
                self._pieces[piece.place].append(piece)
        if not self._pieces:
            raise FileNotFoundError(f'{folder} has no .sh3f file; the package sweethome3d-furniture of Debian has five')

    def add(self, random: Random, place: str) -> tuple[bpy.types.Object, float]:
        """Return a piece for a place, with its back towards +y, and its height above the floor in metres."""
        piece = random.choice(self._pieces[place])
        return _import(piece), piece.elevation


def _drop_missing_textures(materials: Path) -> None:
    """Leave the plain colour where a texture is not in the library."""
    lines = [line.strip() for line in materials.read_text('latin-1').splitlines()]
    kept = [
        line for line in lines if not line.startswith('map_') or (materials.parent / line.partition(' ')[2]).is_file()
    ]
    materials.write_text('\n'.join(kept), 'latin-1')


def _read_catalogue(folder: Path) -> list[LibraryPiece]:
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    for line in (folder / CATALOGUE).read_text('latin-1').splitlines():
        if match := re.match(r'(\w+)#(\d+)=(.*)', line):
            entries[match[2]][match[1]] = match[3].strip()
    return [_read_entry(folder, entry) for entry in entries.values() if entry['doorOrWindow'] != 'true']


def _read_entry(folder: Path, entry: dict[str, str]) -> LibraryPiece:
    values = [float(value) for value in entry.get('modelRotation', '1 0 0 0 1 0 0 0 1').split()]
    return LibraryPiece(
        folder / entry['model'].lstrip('/'),
        entry['name'].lower(),
        entry['category'],
        tuple(float(entry[side]) * CENTIMETRE for side in ('width', 'depth', 'height')),
        float(entry.get('elevation', 0)) * CENTIMETRE,
        Matrix((values[:3], values[3:6], values[6:])),
    )


def _import(piece: LibraryPiece) -> bpy.types.Object:
    bpy.ops.wm.obj_import(filepath=str(piece.mesh), forward_axis='Y', up_axis='Z')  # as it is in the file
    added = joined([thing for thing in bpy.context.selected_objects if thing.type == 'MESH'])
    added.data.transform((Y_TO_Z @ piece.rotation).to_4x4())
    extent = stand_at_origin(added)
    scale = [side / max(length, 1e-6) for side, length in zip(piece.size, extent)]
    added.data.transform(Matrix.Diagonal((*scale, 1)))
    return added
