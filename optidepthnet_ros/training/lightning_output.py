# SPDX-License-Identifier: Apache-2.0
"""Suppresses what Lightning says about itself, other products and options that do not apply here."""

import logging
import warnings

from lightning.pytorch.utilities import rank_zero

_LINES = ('Tip: ', 'GPU available: ', 'TPU available: ', 'HPU available: ', '`Trainer.fit` stopped: ')
_WARNINGS = (
    r'`isinstance\(treespec, LeafSpec\)` is deprecated',  # internal to Lightning
    r'Found \d+ module\(s\) in eval mode',  # with a base, whose batch statistics are frozen
    r"The '\w+' does not have many workers",  # set with --workers, which has its own help
)


def keep_lightning_quiet() -> None:
    """Keep these messages out of the log; calling it again changes nothing."""
    logging.getLogger(rank_zero.__name__).addFilter(_is_for_users)
    for message in _WARNINGS:
        warnings.filterwarnings('ignore', message)


def _is_for_users(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    return not any(line in message for line in _LINES)
