# SPDX-License-Identifier: Apache-2.0
"""Models of Gazebo worlds as Blender objects, in metres, with their textures."""

import io
import math
import re
from pathlib import Path

import bpy
import collada
import numpy as np
import trimesh

MAX_SIZE = 4.0  # metres: larger models are in another unit


class NearbyFiles(trimesh.resolvers.Resolver):
    """Finds a texture by its file name below the folder of its model, ignoring the path in the mesh."""

    def __init__(self, folder: Path):
        self._files = {path.name.lower(): path for path in folder.rglob('*.*')}

    def get(self, key: str) -> bytes:
        return self._files[Path(key.replace('\\', '/')).name.lower()].read_bytes()

    def write(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def namespaced(self, namespace: str) -> 'NearbyFiles':
        return self

    def keys(self) -> list[str]:
        return list(self._files)


def read_model(folder: Path) -> bpy.types.Object:
    """Return a model as one object at the origin, with its longer side along x and its higher back towards +y.

    :raises ValueError: none of its meshes can be read
    """
    visuals = re.findall(r'<visual.*?</visual>', _newest_sdf(folder), re.DOTALL)
    files = {
        match[1] for visual in visuals if (match := re.search(r'<uri>\s*\w+://[^<]*?(meshes/[^<]+?)\s*</uri>', visual))
    }
    scale = float(match[1]) if (match := re.search(r'<scale>\s*([\d.]+)', ' '.join(visuals))) else 1.0
    parts = [part for file in sorted(files) for part in _read_mesh(folder, folder / file, scale)]
    if not parts:
        raise ValueError(f'{folder.name} has no mesh')
    _stand_upright([mesh for mesh, _ in parts])
    return _as_object(folder.name, parts)


def _newest_sdf(folder: Path) -> str:
    return max(folder.glob('model*.sdf')).read_text()


def _read_mesh(folder: Path, path: Path, scale: float) -> list[tuple[trimesh.Trimesh, object]]:
    kind = path.suffix[1:].lower()
    scene = trimesh.load(io.BytesIO(path.read_bytes()), file_type=kind, resolver=NearbyFiles(folder), force='scene')
    if kind == 'dae':
        scale *= collada.Collada(str(path), ignore=[collada.DaeError]).assetInfo.unitmeter or 1
    parts = []
    for mesh in scene.dump():
        mesh.apply_scale(scale)
        parts.append((mesh, getattr(mesh.visual, 'material', None)))
    return parts


def _stand_upright(meshes: list[trimesh.Trimesh]) -> None:
    points = np.concatenate([mesh.triangles_center for mesh in meshes])
    areas = np.concatenate([mesh.area_faces for mesh in meshes])
    corners = np.concatenate([mesh.vertices for mesh in meshes])
    low, high = corners.min(0), corners.max(0)
    if (high - low).max() > MAX_SIZE:
        raise ValueError(f'{(high - low).max():.1f} m is too large for furniture')
    turn = math.pi / 2 if high[1] - low[1] > high[0] - low[0] else 0.0
    centre = np.array([*(low + high)[:2] / 2, low[2]])
    upper = points[:, 2] > low[2] + 0.7 * (high[2] - low[2])
    if upper.any():
        lean = np.average(points[upper], 0, areas[upper] + 1e-9) - centre
        across = lean[0] if turn else lean[1]
        turn += math.pi if across < 0 else 0.0
    rotation = trimesh.transformations.rotation_matrix(turn, (0, 0, 1))
    for mesh in meshes:
        mesh.apply_translation(-centre)
        mesh.apply_transform(rotation)


def _as_object(name: str, parts: list[tuple[trimesh.Trimesh, object]]) -> bpy.types.Object:
    vertices, faces, coordinates, slots, materials = [], [], [], [], []
    count = 0
    for index, (mesh, material) in enumerate(parts):
        vertices.append(mesh.vertices)
        faces.append(mesh.faces + count)
        count += len(mesh.vertices)
        texture = getattr(mesh.visual, 'uv', None)
        texture = np.zeros((len(mesh.vertices), 2)) if texture is None else np.asarray(texture)[:, :2]
        coordinates.append(texture[mesh.faces.ravel()])
        slots.append(np.full(len(mesh.faces), index))
        materials.append(_material(f'{name} {index}', material))
    data = bpy.data.meshes.new(name)
    data.from_pydata(np.concatenate(vertices).tolist(), [], np.concatenate(faces).tolist())
    layer = data.uv_layers.new()
    layer.data.foreach_set('uv', np.concatenate(coordinates).astype(np.float32).ravel())
    for material in materials:
        data.materials.append(material)
    data.polygons.foreach_set('material_index', np.concatenate(slots).astype(np.int32))
    return bpy.data.objects.new(name, data)


def _material(name: str, source: object) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes = material.node_tree.nodes
    surface = nodes['Principled BSDF']
    surface.inputs['Roughness'].default_value = 0.6
    image = getattr(source, 'image', None) or getattr(source, 'baseColorTexture', None)
    if image is None:
        colour = getattr(source, 'main_color', np.array([128, 128, 128, 255]))
        surface.inputs['Base Color'].default_value = (*(np.asarray(colour[:3]) / 255.0) ** 2.2, 1)
        return material
    pixels = np.asarray(image.convert('RGBA').resize((256, 256)), np.float32)[::-1] / 255
    texture = bpy.data.images.new(name, 256, 256)
    texture.pixels.foreach_set(pixels.ravel())
    texture.pack()
    node = nodes.new('ShaderNodeTexImage')
    node.image = texture
    material.node_tree.links.new(node.outputs['Color'], surface.inputs['Base Color'])
    return material
