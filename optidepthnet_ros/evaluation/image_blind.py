"""The floor under every table: depth that ignores the image, the mean inverse depth at each pixel."""

import cv2
import numpy as np

GRID = (96, 320)  # rows and columns: frames of slightly different sizes meet here


def image_blind_predictions(truths: list[np.ndarray]) -> list[np.ndarray]:
    """Predict each frame from the others' ground truth alone.

    :param truths: (H, W) float32 metres each, NaN unknown
    :return: predictions of the same shapes
    """
    inverse = np.stack([_to_grid(1 / truth) for truth in truths])
    known = np.isfinite(inverse)
    total, count = np.where(known, inverse, 0).sum(axis=0), known.sum(axis=0)
    predictions = []
    for truth, own, own_known in zip(truths, inverse, known):
        rest = count - own_known
        mean = (total - np.where(own_known, own, 0)) / np.maximum(rest, 1)
        mean = _fill_rows(np.where(rest > 0, mean, np.nan))
        predictions.append(1 / cv2.resize(mean.astype(np.float32), truth.shape[::-1], interpolation=cv2.INTER_LINEAR))
    return predictions


def _to_grid(values):
    """Mean of the known values in each cell, NaN where there are none."""
    known = np.isfinite(values)
    weight = cv2.resize(known.astype(np.float32), GRID[::-1], interpolation=cv2.INTER_AREA)
    total = cv2.resize(np.where(known, values, 0).astype(np.float32), GRID[::-1], interpolation=cv2.INTER_AREA)
    return np.where(weight > 0, total / np.maximum(weight, 1e-9), np.nan)


def _fill_rows(mean):
    """Give cells that no frame knows their row's mean, and rows that none knows the next known row's."""
    known = np.isfinite(mean)
    rows = np.where(known, mean, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    filled = np.flatnonzero(known.any(axis=1))
    rows = np.interp(np.arange(len(rows)), filled, rows[filled])
    return np.where(known, mean, rows[:, np.newaxis])
