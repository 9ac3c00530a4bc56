# SPDX-License-Identifier: Apache-2.0
"""Errors as text for logs, services and diagnostics."""


def reason_of(error: Exception) -> str:
    """Tell an error in a line: our own say enough by themselves."""
    return str(error) if isinstance(error, (ValueError, OSError)) else f'{type(error).__name__}: {error}'
