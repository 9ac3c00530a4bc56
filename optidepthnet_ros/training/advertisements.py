# SPDX-License-Identifier: Apache-2.0
"""Leaves out what Lightning says for other products, which helps nobody to train."""

import logging

from lightning.pytorch.utilities import rank_zero

_MARK = 'Tip: For seamless cloud'


def leave_out_advertisements() -> None:
    """Keep them from the log; calling it again changes nothing."""
    logging.getLogger(rank_zero.__name__).addFilter(_is_none)


def _is_none(record: logging.LogRecord) -> bool:
    return _MARK not in record.getMessage()
