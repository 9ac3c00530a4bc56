# SPDX-License-Identifier: Apache-2.0
"""From an estimate to depth that a robot may act on."""

import math

import numpy as np

from optidepthnet_ros.geometry.depth import mark_out_of_range
from optidepthnet_ros.geometry.flying_pixels import remove_flying_pixels
from optidepthnet_ros.inference.estimator import DepthEstimate

# Over how many pixels an edge is smeared: of what the network sees, and of its output, whichever are more.
_SEEN, _OUTPUT = 5.0, 2.5


def reliable_depth(
    estimate: DepthEstimate,
    *,
    min_depth: float,
    max_depth: float,
    edge_filter_threshold: float = 0.0,
    confidence_threshold: float = 0.0,
    unknown_beyond: float = math.inf,
) -> np.ndarray:
    """Return the estimate's depth, changed in place: NaN where doubtful, infinite where out of range (REP-117).

    :param edge_filter_threshold: threshold of :func:`remove_flying_pixels`; 0 keeps flying pixels
    :param confidence_threshold: depth of lower confidence becomes NaN; if not 0, the estimate must have a confidence
    :param unknown_beyond: metres; farther depth becomes NaN, whether in range or not
    """
    depth = estimate.depth
    if edge_filter_threshold:
        blur = max(_SEEN, _OUTPUT * estimate.output_stride)
        rows, columns = estimate.view.pixel
        remove_flying_pixels(depth, edge_filter_threshold, (blur * rows, blur * columns), max_depth)
    if confidence_threshold:
        assert estimate.confidence is not None
        np.copyto(depth, np.nan, where=estimate.confidence < np.float32(confidence_threshold))
    if math.isfinite(unknown_beyond):
        np.copyto(depth, np.nan, where=depth > np.float32(unknown_beyond))
    return mark_out_of_range(depth, min_depth, max_depth)
