# SPDX-License-Identifier: Apache-2.0
"""Leaves out what Lightning says about itself, other products and options that nobody has here."""

import logging
import warnings

from lightning.pytorch.utilities import rank_zero

_LINES = ('Tip: ', 'GPU available: ', 'TPU available: ', 'HPU available: ', '`Trainer.fit` stopped: ')
_WARNINGS = (
    r'`isinstance\(treespec, LeafSpec\)` is deprecated',  # what it does inside
    r'Found \d+ module\(s\) in eval mode',  # with a base, whose batch statistics stay
    r"The '\w+' does not have many workers",  # they are --workers, which has its own help
)


def keep_lightning_quiet() -> None:
    """Keep them from the log; calling it again changes nothing."""
    logging.getLogger(rank_zero.__name__).addFilter(_is_for_users)
    for message in _WARNINGS:
        warnings.filterwarnings('ignore', message)


def _is_for_users(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    return not any(line in message for line in _LINES)
