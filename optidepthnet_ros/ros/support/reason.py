# SPDX-License-Identifier: Apache-2.0
"""Errors as text for logs, services and diagnostics."""


def reason_of(error: Exception) -> str:
    """Describe an error in one line; our own messages need no type name."""
    return str(error) if isinstance(error, (ValueError, OSError)) else f'{type(error).__name__}: {error}'
