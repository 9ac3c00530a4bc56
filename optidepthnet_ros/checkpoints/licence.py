# SPDX-License-Identifier: Apache-2.0
"""Reads the names of licences."""

import re

_NON_COMMERCIAL = re.compile(r'\bNC\b|\bnon-?commercial\b|\bresearch( use| purposes)? only\b', re.IGNORECASE)
_THEN = '; then '


def is_non_commercial(licence: str) -> bool:
    """Whether a licence forbids commercial use, according to its name, such as ``CC BY-NC-SA 3.0``."""
    return _NON_COMMERCIAL.search(licence) is not None


def joined_licence(*licences: str) -> str:
    """Return the licence of weights that derive from all of these, in this order; none is named twice."""
    return _THEN.join(dict.fromkeys(part for licence in licences for part in licence.split(_THEN)))
