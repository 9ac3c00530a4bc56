# SPDX-License-Identifier: Apache-2.0
"""The contract of an ONNX network: what it expects and what its output means, in a YAML file beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optidepthnet_ros.files.yaml_file import read_yaml
from optidepthnet_ros.inference.onnx_network.size_rules import SIDES, FixedSize, MultipleSize, SizeRule

METRIC, INVERSE, RELATIVE = KINDS = 'metric depth', 'inverse depth', 'relative inverse depth'
CHANNELS = {'rgb': 3, 'bgr': 3, 'gray': 1}
LIVE = 'live'
HELP = 'docs/teachers.md has examples'
SIZE = (
    '[height, width], or {multiple: N, short_side: PIXELS}, or {multiple: N, long_side: PIXELS}, all positive integers'
)


class OnnxError(ValueError):
    """An ONNX network or its contract cannot be used; the message names the file, the value and the remedy."""


@dataclass(frozen=True)
class InputRule:
    """The network's input: ``(value / 255 * largest - mean) / std`` of each channel.

    :param name: name of the network's input
    :param channels: order of the channels, one of ``CHANNELS``
    :param largest: value of a white pixel before ``mean`` and ``std``: 1 or 255
    :param mean: mean of each channel, in their order
    :param std: standard deviation of each channel, in their order
    """

    name: str
    size: SizeRule
    channels: str
    largest: float
    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True)
class OutputRule:
    """The meaning of the network's output.

    :param name: name of the network's output
    :param kind: one of ``KINDS``; metric depth in metres, inverse depth in 1/m
    :param focal: for the two metric kinds: the focal length for which the output is right, in pixels at the size of
        the network's input; None: it is right for every camera, or (relative) has no metres
    """

    name: str
    kind: str
    focal: float | None


@dataclass(frozen=True)
class Contract:
    """The content of the file."""

    name: str
    licence: str
    input: InputRule
    output: OutputRule


def read_contract(path: Path) -> Contract:
    """Read a contract.

    :raises OnnxError: the file is missing, incomplete or invalid; the message says what is wrong
    """
    try:
        content = read_yaml(path)
    except OSError as error:
        raise OnnxError(
            f'{path}: cannot be read ({error.strerror}): an ONNX network needs this file beside it; {HELP}'
        ) from None
    except ValueError as error:
        raise OnnxError(f'{path}: is {error}: {HELP}') from None
    whole = _Section(content, str(path), '', ('name', 'licence', 'input', 'output'))
    return Contract(
        whole.take('name', _is_text, 'a text for people', default=path.stem),
        whole.take('licence', _is_text, "the name of the weights' licence, such as Apache-2.0 or CC BY-NC 4.0"),
        _input(whole.section('input', ('name', 'size', 'channels', 'range', 'mean', 'std'))),
        _output(whole.section('output', ('name', 'kind', 'focal'))),
    )


class _Section:
    """A mapping in the file, whose values are checked when they are taken."""

    def __init__(self, content: Any, path: str, prefix: str, keys: tuple[str, ...]):
        self._path, self._prefix = path, prefix
        if not isinstance(content, dict):
            raise OnnxError(f'{path}: {prefix.rstrip(".") or "the file"} must have {", ".join(keys)}: {HELP}')
        if unknown := sorted(str(key) for key in content if key not in keys):
            raise OnnxError(f'{path}: {prefix}{unknown[0]} is unknown here: expected {", ".join(keys)}')
        self._content = content

    def section(self, key: str, keys: tuple[str, ...]) -> '_Section':
        return _Section(self._content.get(key), self._path, f'{self._prefix}{key}.', keys)

    def take(self, key: str, valid: Callable[[Any], bool], expected: str, default: Any = None) -> Any:
        value = self._content.get(key, default)
        if value is None:
            raise OnnxError(f'{self._path}: {self._prefix}{key} is missing: give {expected}')
        if not valid(value):
            raise OnnxError(f'{self._path}: {self._prefix}{key} is {value!r}, but must be {expected}')
        return value

    def refuse(self, key: str, reason: str) -> None:
        if key in self._content:
            raise OnnxError(f'{self._path}: {self._prefix}{key} is {self._content[key]!r}, but {reason}')


def _input(section: _Section) -> InputRule:
    channels = section.take('channels', CHANNELS.__contains__, f'one of {", ".join(CHANNELS)}')
    count = CHANNELS[channels]
    numbers = f'{count} number{"s" if count > 1 else ""} in a list, in the order of the channels'
    size = section.take('size', _is_size, SIZE)
    return InputRule(
        section.take('name', _is_text, "the name of the network's input"),
        FixedSize(*size) if isinstance(size, list) else MultipleSize(size['multiple'], *_side(size)),
        channels,
        section.take('range', lambda value: value in (1, 255), '1 or 255, the value of a white pixel'),
        tuple(section.take('mean', _are_numbers(count), numbers, default=[0.0] * count)),
        tuple(section.take('std', _are_numbers(count, positive=True), f'{numbers}, all positive', [1.0] * count)),
    )


def _output(section: _Section) -> OutputRule:
    name = section.take('name', _is_text, "the name of the network's output")
    kind = section.take('kind', KINDS.__contains__, f'one of {", ".join(KINDS)}')
    if kind == RELATIVE:
        section.refuse('focal', f'{RELATIVE} has no metres that a focal length could change: leave it out')
        return OutputRule(name, kind, None)
    focal = section.take(
        'focal',
        lambda value: value == LIVE or (_is_number(value) and value > 0),
        f"positive pixels, the focal length at the size of the network's input for which the metres are right, or "
        f"'{LIVE}' where they are right for every camera",
    )
    return OutputRule(name, kind, None if focal == LIVE else float(focal))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_size(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(map(_is_length, value))
    if not isinstance(value, dict) or all(value.keys() != {'multiple', side} for side in SIDES):
        return False
    return all(map(_is_length, value.values()))


def _side(size: dict[str, int]) -> tuple[str, int]:
    (found,) = ((side, size[side]) for side in SIDES if side in size)
    return found


def _are_numbers(count: int, positive: bool = False) -> Callable[[Any], bool]:
    def valid(values: Any) -> bool:
        if not isinstance(values, list) or len(values) != count:
            return False
        return all(_is_number(value) and (value > 0 or not positive) for value in values)

    return valid
