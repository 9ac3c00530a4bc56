# SPDX-License-Identifier: Apache-2.0
"""Where promoted checkpoints are stored: each under its digest, and a link to the one in use.

    FOLDER/models/DIGEST.safetensors
    FOLDER/current.safetensors -> models/DIGEST.safetensors

Torch is not imported, so that a node can use this module.
"""

import json
import shutil
import tempfile
from pathlib import Path

from optidepthnet_ros.files.atomic import flush_to_disk, replacing, sha256
from optidepthnet_ros.files.weights_file import read_metadata

_NAME_LENGTH = 16  # hexadecimal digits of the digest


class StoreError(ValueError):
    """A store that cannot do what is requested; the message says why and what to do."""


class ModelStore:
    """Promoted checkpoints of one robot."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._link = folder / 'current.safetensors'

    @property
    def current(self) -> Path | None:
        """The file of the checkpoint in use, None before the first promotion."""
        return self._link.resolve() if self._link.exists() else None

    def promote(self, candidate: Path, base: Path) -> Path:
        """Put a checkpoint in use; both are kept, so that it is possible to return to the base.

        :return: its new path
        :raises OSError: it cannot be written there, or reading it back gives something else
        """
        self._add(base)
        path = self._add(candidate)
        self._use(path)
        return path

    def roll_back(self) -> Path:
        """Replace the checkpoint in use with its parent.

        :return: the file of the parent
        :raises StoreError: nothing was promoted, or the parent is missing or damaged
        """
        if self.current is None:
            raise StoreError(f'{self._folder}: nothing was promoted yet, so there is nothing to roll back')
        parent = _parent(self.current)
        path = self._path(parent)
        if not (parent and path.exists()):
            raise StoreError(
                f'{self.current}: its parent ({parent[:_NAME_LENGTH] or "none"}) is not in {path.parent}: '
                'it is the first of its line'
            )
        if sha256(path) != parent:
            raise StoreError(
                f'{path}: damaged, its SHA-256 differs from its name: {self.current} stays in use; put a copy of '
                'the checkpoint there, or promote one that was trained from it'
            )
        self._use(path)
        return path

    def _add(self, source: Path) -> Path:
        digest = sha256(source)
        path = self._path(digest)
        if path.exists() and sha256(path) == digest:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            shutil.copyfile(source, temporary)
            flush_to_disk(temporary)
            if sha256(temporary) != digest:
                raise OSError(f'{path}: reading it back gives something else than was written: check the disk')
        flush_to_disk(path.parent)
        return path

    def _path(self, digest: str) -> Path:
        return self._folder / 'models' / f'{digest[:_NAME_LENGTH]}.safetensors'

    def _use(self, path: Path) -> None:
        # A link cannot be changed, but it can be replaced by another one in one step.
        with tempfile.TemporaryDirectory(dir=self._folder, prefix='.link-') as temporary:
            link = Path(temporary) / self._link.name
            link.symlink_to(path.relative_to(self._folder))
            link.replace(self._link)
        flush_to_disk(self._folder)


def _parent(path: Path) -> str:
    """Return the digest of the checkpoint from which this one was trained."""
    try:
        return json.loads(read_metadata(path)['provenance']).get('parent', '')
    except (AttributeError, OSError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f'{path}: not a readable checkpoint ({error})') from None
