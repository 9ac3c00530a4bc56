"""Checkpoints: one safetensors file with the weights, the rig they speak for, where they came from, and a self-test.

Nothing is ever unpickled. The header is JSON in the file's metadata, so that any safetensors reader shows it.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from optidepthnet_ros.files import replacing, sha256
from optidepthnet_ros.network import OptiDepthNet, build_network, fold
from optidepthnet_ros.provenance import Provenance

FORMAT = 'optidepthnet-1'
SELF_TEST_GRID = (4, 8)
SELF_TEST_TOLERANCE = 1e-3  # relative; f32 runtimes agree to 1e-5, half-precision ones to about 1e-2


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """Weights with their provenance.

    :param state: the network's state dictionary, batch norms unfolded so that training can go on
    :param digest: SHA-256 of the file it was loaded from, empty for a new one
    """

    provenance: Provenance
    state: dict[str, torch.Tensor] = field(repr=False)
    digest: str = ''

    @classmethod
    def load(cls, path: str | Path) -> 'Checkpoint':
        """Read a file, and prove by its self-test that the weights do here what they did where they were saved.

        :raises CheckpointError: unreadable, no header, a header that lacks or contradicts something, or a failed test
        """
        state, metadata = _read(Path(path))
        try:
            if metadata.get('format') != FORMAT:
                raise ValueError(f"its format is {metadata.get('format')!r}, not '{FORMAT}'")
            checkpoint = cls(Provenance.from_json(metadata['provenance']), state, sha256(path))
            checkpoint._check_self_test(json.loads(metadata['self_test']))
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            reason = f'the header lacks {error}' if isinstance(error, KeyError) else str(error)
            raise CheckpointError(f'{path}: unusable checkpoint: {reason}: '
                                  'use a file written by this package, and copy it again if it was damaged') from None
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
            'self_test': json.dumps({'seed': 0, 'expected': stored.self_test_output(seed=0)}),
        }
        with replacing(path) as temporary:
            save_file(state, temporary, metadata)

    def build(self) -> OptiDepthNet:
        """Return the network with these weights, as it is trained.

        :raises ValueError: the weights are not this network's
        """
        p = self.provenance
        network = build_network(p.network, reading=p.reading, norm=p.norm)
        expected = network.state_dict()
        wrong = sorted(expected.keys() ^ self.state.keys()) or sorted(
            name for name, tensor in expected.items() if tensor.shape != self.state[name].shape)
        if wrong:
            raise ValueError(f"{len(wrong)} weights are not those of network '{p.network}' "
                             f"(reading {p.reading}, norm {p.norm}), the first is '{wrong[0]}'")
        network.load_state_dict({name: tensor.to(expected[name].dtype) for name, tensor in self.state.items()})
        return network

    def self_test_output(self, seed: int) -> list[float]:
        """Return the mean finest left disparity in each cell of a grid, for an input drawn from ``seed``."""
        return self_test_output(fold(self.build()), seed)

    def _check_self_test(self, self_test):
        expected = np.array(self_test['expected'], dtype=np.float64)
        actual = np.array(self.self_test_output(self_test['seed']))
        if expected.shape != actual.shape:
            raise ValueError(f'its self-test has {expected.size} values, not {actual.size}')
        error = float(np.max(np.abs(actual / expected - 1)))
        if not error <= SELF_TEST_TOLERANCE:
            raise ValueError(f'its self-test is off by {error:.2%}, more than {SELF_TEST_TOLERANCE:.2%}')


def self_test_output(network: torch.nn.Module, seed: int) -> list[float]:
    """Return what :meth:`Checkpoint.self_test_output` does, for any form of the network."""
    # RandomState, because numpy promises that its numbers never change.
    pixels = np.random.RandomState(seed).random_sample((1, 3, 128, 256)).astype(np.float32)
    with torch.inference_mode():
        left = network(torch.from_numpy(pixels))[0][:, :1]
        return torch.nn.functional.adaptive_avg_pool2d(left, SELF_TEST_GRID).flatten().tolist()


def _read(path):
    try:
        with safe_open(path, framework='pt') as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f'{path}: cannot be read as a safetensors file ({error}): '
                              'give the path of a checkpoint written by this package') from None


def _storable(name, tensor, half):
    tensor = tensor.detach().cpu().contiguous()
    return tensor.half() if half and tensor.is_floating_point() and '.norm.' not in name else tensor
