# SPDX-License-Identifier: Apache-2.0
"""Reads third-party weights: safetensors, or a torch state dict, without executing code in a pickle."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from optidepthnet_ros.files.atomic import sha256


class EncoderWeightsError(ValueError):
    """Published weights that cannot be used; the message names the file or tensor, and what to do."""


def read_weights(path: Path, digest: str | None) -> dict[str, torch.Tensor]:
    """Read a state dictionary.

    :param digest: SHA-256 that the file must have, checked before the content is read; None accepts any
    :raises EncoderWeightsError: another digest, a pickle that holds more than tensors, or no weights
    """
    if digest and (found := sha256(path)) != digest:
        raise EncoderWeightsError(f'{path}: its SHA-256 is {found}, not {digest}: give the published file, unchanged')
    try:
        state = (
            load_file(path)
            if path.suffix == '.safetensors'
            else torch.load(path, map_location='cpu', weights_only=True)
        )
    except Exception as error:  # a damaged file can raise anything
        raise EncoderWeightsError(
            f'{path}: cannot be read as weights ({_first_line(error)}): '
            'give a safetensors file, or a state dict that holds only tensors'
        ) from None
    if not (isinstance(state, dict) and all(isinstance(tensor, torch.Tensor) for tensor in state.values())):
        raise EncoderWeightsError(f'{path}: holds more than tensors by name: give a state dict')
    return state


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
