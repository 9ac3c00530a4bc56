# SPDX-License-Identifier: Apache-2.0
"""The shipped models, by name."""

from pathlib import Path

from optidepthnet_ros.files.share import share_path
from optidepthnet_ros.files.user_path import user_path

# The model for each place where a robot may drive.
PLACES = {'road': 'dlite0_street', 'indoors': 'dlite0_free'}
# Each model in PLACES was trained for that place alone, and the node says so.
DEFAULT_MODEL = PLACES['road']
# Shipped for trials and for further training; the node says what is wrong with them.
PRELIMINARY = {'dlite0_free': 'its metres in rooms that it has not seen are wrong by a quarter on average'}
# Metres beyond which a model's depth is nearly always wrong: it takes a bright window of a room for sky.
FARTHEST_KNOWN = {'dlite0_free': 20.0}


def default_checkpoint() -> Path:
    """Return the path of the model that is used if none is named.

    :raises FileNotFoundError: the installation lacks it
    """
    return shipped_models()[DEFAULT_MODEL]


def shipped_models() -> dict[str, Path]:
    """Return the paths of all shipped models, including the default one, by name.

    :raises FileNotFoundError: the installation lacks the default model
    """
    folder = share_path('models', f'{DEFAULT_MODEL}.safetensors').parent
    return {path.stem: path for path in sorted(folder.glob('*.safetensors'))}


def is_onnx(named: str | Path) -> bool:
    """Whether this names an ONNX network instead of a checkpoint of this package."""
    return Path(named).suffix.lower() == '.onnx'


def resolve_checkpoint(named: str | Path) -> Path:
    """Return the file that a user names: an existing file, or else a shipped model by its bare name.

    ``~`` is the user's home. A bare name, such as ``dlite0_street``, has no separator and no suffix.

    :raises ValueError: neither a file nor a shipped model (the message lists the shipped models), or the path is
        invalid or not accessible
    """
    try:
        path = user_path(named)
        if path.is_file():
            return path
    except OSError as error:
        raise ValueError(f'{named}: not a readable file ({error.strerror}): give the path of a checkpoint') from None
    models = shipped_models()
    if str(named) in models:
        return models[str(named)]
    raise ValueError(
        f'{named}: no such file, and no shipped model: give the path of a checkpoint, or one of {", ".join(models)}'
    )
