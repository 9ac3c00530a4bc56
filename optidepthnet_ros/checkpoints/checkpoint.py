# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: one safetensors file with the weights, the rig they refer to, their origin, and a self-test.

Nothing is ever unpickled. The header is JSON in the file's metadata, so that any safetensors reader shows it. Reading a
file does not need torch; building the network does.
"""

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.weights_file import metadata_of

if TYPE_CHECKING:  # torch takes seconds to import
    from torch import nn

    from optidepthnet_ros.network.optidepthnet import OptiDepthNet

FORMAT = 'optidepthnet-2'
_LARGEST = 2**31  # bytes of a file; the largest network here takes a quarter of that
SELF_TEST_TOLERANCE = 1e-3  # relative; the same weights in float32 agree to 1e-5


class CheckpointError(ValueError):
    """A checkpoint cannot be used; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """Weights with their provenance.

    :param state: the network's state dictionary, with batch norms not folded, so that training can continue
    :param path: path of the file it was read from, None for a new checkpoint
    :param digest: SHA-256 of that file, empty for a new checkpoint
    :param self_test: self-test of that file
    """

    provenance: Provenance
    state: dict[str, np.ndarray] = field(repr=False)
    path: Path | None = None
    digest: str = ''
    self_test: SelfTest | None = None

    @classmethod
    def of(cls, provenance: Provenance, network: 'nn.Module') -> 'Checkpoint':
        """Return a new checkpoint with a network's current weights, whose memory it shares if they are on the CPU."""
        state = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
        return cls(provenance, state)

    @classmethod
    def load(cls, path: str | Path) -> 'Checkpoint':
        """Read a file and run its self-test, which shows that the weights work here as they did where they were saved.

        :raises CheckpointError: as :meth:`read`, or the weights are of another network, or the self-test fails
        """
        checkpoint = cls.read(path)
        _ = checkpoint.folded
        return checkpoint

    @classmethod
    def read(cls, path: str | Path) -> 'Checkpoint':
        """Read a file without running its self-test; the code that runs the network must, as :attr:`folded` does.

        :raises CheckpointError: the file is unreadable, or its header is missing, incomplete or invalid
        """
        path = Path(path)
        state, metadata, digest = _read(path)
        try:
            if metadata.get('format') != FORMAT:
                raise ValueError(f"its format is {metadata.get('format')!r}, not '{FORMAT}'")
            self_test = SelfTest.from_content(json.loads(metadata['self_test']))
            if not all(0 < value < math.inf for value in self_test.expected):
                raise ValueError('its self-test expects no disparity, which would mean nothing but free space')
            return cls(Provenance.from_json(metadata['provenance']), state, path, digest, self_test)
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(path, f'the header lacks {error}' if isinstance(error, KeyError) else str(error)) from None

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write the file atomically, with a self-test of the weights as they are stored.

        :param half: store all weights except those of batch norms in float16
        """
        state = {name: _storable(name, values, half) for name, values in self.state.items()}
        stored = Checkpoint(self.provenance, state)
        metadata = {
            'format': FORMAT,
            'provenance': self.provenance.to_json(),
            'self_test': json.dumps(SelfTest.of(_runner(stored.folded)).content()),
        }
        with replacing(path) as temporary:
            save_file(state, temporary, metadata)

    def build(self) -> 'OptiDepthNet':
        """Return the network with these weights, in the form that is trained.

        :raises ValueError: the weights do not belong to this network
        """
        import torch

        from optidepthnet_ros.network.optidepthnet import build_network

        p = self.provenance
        network = build_network(p.network, separable_scope=p.separable_scope, norm=p.norm)
        expected = network.state_dict()
        wrong = sorted(expected.keys() ^ self.state.keys()) or sorted(
            name for name, tensor in expected.items() if tuple(tensor.shape) != self.state[name].shape
        )
        if wrong:
            raise ValueError(
                f"{len(wrong)} weights are not those of network '{p.network}' "
                f"(separable scope {p.separable_scope}, norm {p.norm}), the first is '{wrong[0]}'"
            )
        network.load_state_dict(
            {name: torch.tensor(values, dtype=expected[name].dtype) for name, values in self.state.items()}
        )
        return network

    @cached_property
    def folded(self) -> 'OptiDepthNet':
        """The network for inference, built once. It has passed the self-test of its file. Do not modify it.

        :raises CheckpointError: the file's weights do not belong to this network, or fail its self-test
        :raises ValueError: the weights of a new checkpoint do not belong to this network
        """
        from optidepthnet_ros.network.forms import fold

        try:
            network = fold(self.build())
            if self.self_test is not None:
                _check(self.self_test, network)
        except (ValueError, RuntimeError) as error:
            raise error if self.path is None else _unusable(self.path, str(error)) from None
        return network


def _check(self_test: SelfTest, network: 'OptiDepthNet') -> None:
    error = self_test.error(_runner(network))
    if not error <= SELF_TEST_TOLERANCE:
        raise ValueError(f'its self-test is off by {error:.2%}, more than {SELF_TEST_TOLERANCE:.2%}')


def _runner(network: 'OptiDepthNet') -> Callable[[np.ndarray], np.ndarray]:
    import torch

    from optidepthnet_ros.network.finest import Finest

    finest = Finest(network)

    def run(pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return finest(torch.from_numpy(pixels)).numpy()

    return run


def _unusable(path: Path, reason: str) -> CheckpointError:
    return CheckpointError(
        f'{path}: unusable checkpoint: {reason}: '
        'use a file written by this package, and copy it again if it was damaged'
    )


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str], str]:
    try:
        if (size := path.stat().st_size) > _LARGEST:
            raise ValueError(f'{size / 1e9:.1f} GB is too large for a checkpoint')
        data = path.read_bytes()
        return load(data), metadata_of(data), hashlib.sha256(data).hexdigest()
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(
            f'{path}: cannot be read as a safetensors file ({error}): '
            'give the path of a checkpoint written by this package'
        ) from None


def _storable(name: str, values: np.ndarray, half: bool) -> np.ndarray:
    is_halved = half and np.issubdtype(values.dtype, np.floating) and '.norm.' not in name
    # np.ascontiguousarray would turn scalars into vectors.
    return np.asarray(values, np.float16 if is_halved else None, order='C')
