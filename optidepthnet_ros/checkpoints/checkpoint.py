# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: one safetensors file with the weights, the rig they speak for, where they came from, and a self-test.

Nothing is ever unpickled. The header is JSON in the file's metadata, so that any safetensors reader shows it.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

from optidepthnet_ros.checkpoints.provenance import Provenance
from optidepthnet_ros.checkpoints.self_test import SelfTest
from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.weights_file import metadata_of
from optidepthnet_ros.network import OptiDepthNet, build_network, fold

FORMAT = 'optidepthnet-2'
_LARGEST = 2**31  # bytes of a file; the largest network here has a quarter of that
SELF_TEST_TOLERANCE = 1e-3  # relative; the same weights in float32 agree to 1e-5


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """Weights with their provenance.

    :param state: the network's state dictionary, batch norms unfolded so that training can go on
    :param digest: SHA-256 of the file it was loaded from, empty for a new one
    :param self_test: of that file
    """

    provenance: Provenance
    state: dict[str, torch.Tensor] = field(repr=False)
    digest: str = ''
    self_test: SelfTest | None = None

    @classmethod
    def load(cls, path: str | Path) -> 'Checkpoint':
        """Read a file, and prove by its self-test that the weights do here what they did where they were saved.

        :raises CheckpointError: unreadable, no header, a header that lacks or contradicts something, or a failed test
        """
        state, metadata, digest = _read(Path(path))
        try:
            if metadata.get('format') != FORMAT:
                raise ValueError(f"its format is {metadata.get('format')!r}, not '{FORMAT}'")
            self_test = SelfTest.from_content(json.loads(metadata['self_test']))
            checkpoint = cls(Provenance.from_json(metadata['provenance']), state, digest, self_test)
            checkpoint._check(self_test)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = f'the header lacks {error}' if isinstance(error, KeyError) else str(error)
            raise CheckpointError(
                f'{path}: unusable checkpoint: {reason}: '
                'use a file written by this package, and copy it again if it was damaged'
            ) from None
        return checkpoint

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write atomically, with a self-test of the weights as they are stored.

        :param half: store all weights but the batch norms' in float16
        """
        state = {name: _storable(name, tensor, half) for name, tensor in self.state.items()}
        stored = Checkpoint(self.provenance, state)
        metadata = {
            'format': FORMAT,
            'provenance': self.provenance.to_json(),
            'self_test': json.dumps(SelfTest.of(stored._run).content()),
        }
        with replacing(path) as temporary:
            save_file(state, temporary, metadata)

    def build(self) -> OptiDepthNet:
        """Return the network with these weights, as it is trained.

        :raises ValueError: the weights are not this network's
        """
        p = self.provenance
        network = build_network(p.network, separable_scope=p.separable_scope, norm=p.norm)
        expected = network.state_dict()
        wrong = sorted(expected.keys() ^ self.state.keys()) or sorted(
            name for name, tensor in expected.items() if tensor.shape != self.state[name].shape
        )
        if wrong:
            raise ValueError(
                f"{len(wrong)} weights are not those of network '{p.network}' "
                f"(separable scope {p.separable_scope}, norm {p.norm}), the first is '{wrong[0]}'"
            )
        network.load_state_dict({name: tensor.to(expected[name].dtype) for name, tensor in self.state.items()})
        return network

    @cached_property
    def folded(self) -> OptiDepthNet:
        """The network for inference, made once; nobody may change it.

        :raises ValueError: as :meth:`build`
        """
        return fold(self.build())

    def _run(self, pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.folded(torch.from_numpy(pixels))[0].numpy()

    def _check(self, self_test: SelfTest) -> None:
        if not all(0 < value < math.inf for value in self_test.expected):
            raise ValueError('its self-test expects no disparity, which would be nothing but free space')
        error = self_test.error(self._run)
        if not error <= SELF_TEST_TOLERANCE:
            raise ValueError(f'its self-test is off by {error:.2%}, more than {SELF_TEST_TOLERANCE:.2%}')


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str], str]:
    try:
        if (size := path.stat().st_size) > _LARGEST:
            raise ValueError(f'{size / 1e9:.1f} GB are no checkpoint')
        data = path.read_bytes()
        return load(data), metadata_of(data), hashlib.sha256(data).hexdigest()
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(
            f'{path}: cannot be read as a safetensors file ({error}): '
            'give the path of a checkpoint written by this package'
        ) from None


def _storable(name: str, tensor: torch.Tensor, half: bool) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    return tensor.half() if half and tensor.is_floating_point() and '.norm.' not in name else tensor
