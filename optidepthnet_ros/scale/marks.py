# SPDX-License-Identifier: Apache-2.0
"""Where evidence is in the image, and how far it is from the depth that is shown there."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import log_ratio


@dataclass(frozen=True)
class Marks:
    """Points of an image.

    :param pixels: (N, 2) whole numbers, column and row
    :param errors: (N,) logarithm of shown by measured depth; infinite where no depth is shown
    """

    pixels: np.ndarray
    errors: np.ndarray


def marks_of(evidence: Evidence, correction: Correction, width: int, step: int) -> Marks:
    """Return the places of evidence.

    :param evidence: with pixels
    :param correction: of the depth that is shown
    :param width: pixels of the evidence's frame
    :param step: pixels of the image that one of the evidence's frame is, either way
    """
    assert evidence.pixels is not None
    rows, columns = np.divmod(evidence.pixels, width)
    return Marks(step * np.stack([columns, rows], axis=1), log_ratio(evidence, correction))
