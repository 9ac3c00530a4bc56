# SPDX-License-Identifier: Apache-2.0
"""Whether edges of predicted depth lie on edges of the true depth: the depth boundary errors of iBims-1.

Koch et al., Evaluation of CNN-based Single-Image Depth Estimation Methods, ECCV Workshops 2018, section 4.3.
"""

import cv2
import numpy as np

FARTHEST = 10.0  # pixels; larger distances to an edge count as this
NEAR = 2.0  # pixels; an edge within this distance counts as found
JUMP = 1.25  # ratio of depths between two surfaces that makes an edge in the truth
WEAK, STRONG = 1.06, 1.15  # the same for predictions, from pixel to pixel, with hysteresis; their edges are ramps
EDGE_METRICS = ('edge_accuracy', 'edge_completeness', 'edge_precision', 'edge_recall')


class NoEdgeError(ValueError):
    """The truth has no edge."""


def edge_metrics(prediction: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Compare where depth jumps.

    :param prediction: (H, W) metres, positive and finite
    :param truth: the same, NaN where it is not known; no edges are detected beside such pixels
    :return: the ``EDGE_METRICS``: mean distance in pixels from predicted edges to true ones (accuracy) and from true
        ones to predicted ones (completeness), 10 at most; and the shares of distances of 2 or less. If one of the two
        has no edges, the distance is 10
    :raises NoEdgeError: the truth has none
    """
    known = cv2.erode(np.isfinite(truth).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    wanted = _edges(np.where(np.isfinite(truth), truth, 1.0), JUMP, JUMP) & known
    if not wanted.any():
        raise NoEdgeError('the truth has no edge')
    found = _edges(prediction, WEAK, STRONG)
    near_truth = cv2.dilate(known.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    precision = _distances(found & near_truth, wanted)
    recall = _distances(wanted, found)
    return {
        'edge_accuracy': float(precision.mean()),
        'edge_completeness': float(recall.mean()),
        'edge_precision': float(np.mean(precision <= NEAR)),
        'edge_recall': float(np.mean(recall <= NEAR)),
    }


def _edges(depth: np.ndarray, weak: float, strong: float) -> np.ndarray:
    """Return thin edges of log depth, boolean (H, W): ``weak`` a pixel, ``strong`` at some of them."""
    unit = 1000.0
    log_depth = np.log(depth).astype(np.float32)
    slopes = (cv2.Sobel(log_depth, cv2.CV_32F, *axis, ksize=3) for axis in ((1, 0), (0, 1)))
    horizontal, vertical = (np.clip(unit * slope, -32000, 32000).astype(np.int16) for slope in slopes)
    # A jump between two neighbouring pixels gives a response of four times its height at both.
    low, high = (4 * unit * np.log(ratio) for ratio in (weak, strong))
    return cv2.Canny(horizontal, vertical, low, high, L2gradient=True) > 0


def _distances(edges: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the distance from each edge pixel to the nearest one of the others, in pixels."""
    if not (edges.any() and others.any()):
        return np.full(1, FARTHEST)
    return np.minimum(cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, 5)[edges], FARTHEST)
