# SPDX-License-Identifier: Apache-2.0
"""Options of the training and comparison commands that are set by the parameters of a fine-tuning."""

from collections.abc import Iterable

# For each option, what to set instead.
_RESERVED = {
    '--data': 'recordings',
    '--base': 'base',
    '--output': 'folder',
    '--store': 'folder',
    '--report': 'folder',
    '--picture': 'folder',
    '--hold-out': 'hold_out_tail',
    '--hold-out-tail': 'hold_out_tail',
    '--licence': 'licence',
    '--minutes': 'minutes',
    '--rehearse': 'rehearsal',
    '--rehearsal-share': 'rehearsal_share',
    '--sky': 'place',
    '--no-sky': 'place',
    '--force': 'promotion',
    '--threads': 'threads',
    '--resume': 'the service resume',
}


def check_options(parameter: str, options: Iterable[str]) -> None:
    """Refuse options that would contradict the others, or write elsewhere, even if they are abbreviated.

    :raises ValueError: there is such an option; the message names it, and what to set instead
    """
    for option in options:
        name = option.split('=')[0]
        instead = next((what for known, what in _RESERVED.items() if len(name) > 2 and known.startswith(name)), None)
        if instead is not None and name.startswith('--'):
            raise ValueError(f"{parameter} has '{option}', which follows from other parameters: set {instead} instead")
