"""The models that are shipped, by name."""

from pathlib import Path

from optidepthnet_ros.files.share import share_path

DEFAULT_MODEL = 'dlite0'


def default_checkpoint() -> Path:
    """Return the path of the model that is used where none is named.

    :raises FileNotFoundError: the installation lacks it
    """
    return share_path('models', f'{DEFAULT_MODEL}.safetensors')


def shipped_models() -> dict[str, Path]:
    """Return the paths of all models, the default one among them, by name.

    :raises FileNotFoundError: the installation lacks the default one
    """
    return {path.stem: path for path in sorted(default_checkpoint().parent.glob('*.safetensors'))}
