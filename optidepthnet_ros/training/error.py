# SPDX-License-Identifier: Apache-2.0
"""What ends a training."""


class TrainingError(ValueError):
    """A training that cannot go on; the message says why and what to do."""
