# SPDX-License-Identifier: Apache-2.0
"""The error that ends a training."""


class TrainingError(ValueError):
    """A training cannot continue; the message says why and what to do."""
