"""Leaves out what Lightning says for other products, which helps nobody to train."""

from lightning.pytorch.utilities.rank_zero import rank_zero_module

_MARK = 'Tip: For seamless cloud'


def leave_out_advertisements() -> None:
    """Keep them from the log; calling it again changes nothing."""
    rank_zero_module.log.addFilter(_is_none)


def _is_none(record):
    return _MARK not in record.getMessage()
