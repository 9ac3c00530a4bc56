"""What the name of a licence says."""

import re

_NON_COMMERCIAL = re.compile(r'\bNC\b|\bnon-?commercial\b', re.IGNORECASE)


def is_non_commercial(licence: str) -> bool:
    """Whether a licence forbids commercial use, by its name, such as ``CC BY-NC-SA 3.0``."""
    return _NON_COMMERCIAL.search(licence) is not None
