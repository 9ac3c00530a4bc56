# SPDX-License-Identifier: Apache-2.0
"""Finds the files that are shipped with the code: models, configuration, launch files, the demo's frames."""

from pathlib import Path

PACKAGE = 'optidepthnet_ros'


def share_path(*parts: str) -> Path:
    """Return a path in the package's share folder, such as ``share_path('config', 'depth.yaml')``.

    The folder is the source tree for an editable or symlinked installation, and ``share/optidepthnet_ros``
    under the installation's prefix for a wheel and for colcon. It does not have to be registered with ament.

    :raises FileNotFoundError: the folder or the file in it is missing
    """
    path = _share_folder().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f'{path} is missing: the installation of {PACKAGE} is not complete, install it again')
    return path


def _share_folder() -> Path:
    code = Path(__file__).resolve().parents[1]
    # The prefix is three to five folders up: lib/python3.N/site-packages, local/lib/python3.N/dist-packages.
    folders = [code.parent, *(parent / 'share' / PACKAGE for parent in code.parents)]
    for folder in folders:
        if (folder / 'package.xml').is_file():
            return folder
    raise FileNotFoundError(f'no share folder of {PACKAGE} above {code}: install the package with pip or colcon')
