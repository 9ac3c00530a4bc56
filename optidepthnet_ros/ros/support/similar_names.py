# SPDX-License-Identifier: Apache-2.0
"""Guesses which known name an unknown name was meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return a question with the most similar known name; empty if none is similar.

    :param likeness: minimum, 0 to 1, see :func:`difflib.get_close_matches`
    """
    similar = get_close_matches(name, list(known), n=1, cutoff=likeness)
    return f'did you mean {similar[0]}?' if similar else ''
