# SPDX-License-Identifier: Apache-2.0
"""The places of evidence in the image, and its difference from the depth that is shown there."""

from dataclasses import dataclass

import numpy as np

from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.fit import log_ratio


@dataclass(frozen=True)
class Marks:
    """Points of an image.

    :param pixels: (N, 2) integers, column and row
    :param errors: (N,) logarithm of shown over measured depth; infinite where no depth is shown
    """

    pixels: np.ndarray
    errors: np.ndarray


def marks_of(evidence: Evidence, correction: Correction, width: int, step: int) -> Marks:
    """Return the places of evidence.

    :param evidence: evidence with pixels
    :param correction: correction of the depth that is shown
    :param width: width of the evidence's frame in pixels
    :param step: pixels of the image per pixel of the evidence's frame, in each direction
    """
    assert evidence.pixels is not None
    rows, columns = np.divmod(evidence.pixels, width)
    return Marks(step * np.stack([columns, rows], axis=1), log_ratio(evidence, correction))
