# SPDX-License-Identifier: Apache-2.0
"""Labels of a teacher: brought to 1/m, checked against what is known, and counted."""

from collections import Counter

import cv2
import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.recordings.depth_scene import MEASURED, RENDERED, TEACHER
from optidepthnet_ros.training.packed.archive import MATCHED, RELATIVE, Label
from optidepthnet_ros.training.packed.label_size import label_size
from optidepthnet_ros.training.teachers.alignment import NoFit, NoSupport, fit
from optidepthnet_ros.training.teachers.teacher import Teacher

SURE = (RENDERED, MEASURED)
REFERENCES = (*SURE, MATCHED)  # what a teacher is fitted to and compared with, the best first
FEWEST_COMPARED = 100  # pixels
DISAGREEMENT = 1.25  # times as far, or as near
LOWEST = 0.05  # of a relative label; its logarithm is stored, in fixed steps


class Teaching:
    """Asks a teacher about frame after frame.

    A relative teacher is fitted to the best that is known in the same image. Where hardly anything is known, the label
    stays relative; where what is known does not support a fit, there is none. A metric teacher is taken at its word,
    but for images in which its metres disagree with what is known. Where a renderer or sensor knows better, pixel by
    pixel, the teacher is not heard.
    """

    def __init__(self, teacher: Teacher):
        self.teacher = teacher
        self._labels = 0
        self._relative: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._errors: list[float] = []
        self._ratios: list[float] = []

    def label(self, image: np.ndarray, camera: Camera, labels: list[Label]) -> Label | None:
        """Return the teacher's label of an image, None where what is known does not bear it out.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param labels: what is known of its depth
        :raises ValueError: its answer is no map of depth
        """
        answer, size = self.teacher.inverse_depth(image, camera), label_size(camera)
        shrinks = answer.shape[1] > size[0]
        answer = cv2.resize(answer, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        known, sure = _reference(labels, size)
        try:
            answer = self._in_metres(answer, known)
        except NoSupport as reason:
            self._relative[str(reason)] += 1
            return Label(RELATIVE, 'fine', _positive(answer))
        except NoFit as reason:
            self._missing[str(reason)] += 1
            return None
        if known is not None and sure:
            answer[_disagree(answer, known)] = np.nan
        self._labels += 1
        return Label(TEACHER, 'coarse', answer.astype(np.float32))

    def summary(self) -> str:
        """Return in words what was labelled since the last call, and how far it is from what is known."""
        parts = [f'{self._labels} labels of the teacher']
        if self._errors:
            parts.append(
                f'off what is known by {np.mean(self._errors):.1%}, '
                f'{np.median(self._ratios):.2f} times as far (medians of each image)'
            )
        parts += _told('relative labels', self._relative) + _told('frames without', self._missing)
        self._labels, self._errors, self._ratios = 0, [], []
        self._relative.clear()
        self._missing.clear()
        return '; '.join(parts)

    def _in_metres(self, answer: np.ndarray, known: np.ndarray | None) -> np.ndarray:
        if not np.isfinite(answer).any():
            raise NoFit('the teacher does not answer')
        if known is None:
            if self.teacher.metric:
                return answer
            raise NoSupport('no known depth')
        if not self.teacher.metric:
            answer = fit(answer, known)(answer)
        ratio = self._compared(answer, known)
        if self.teacher.metric and not 1 / DISAGREEMENT < ratio < DISAGREEMENT:
            raise NoFit('its metres disagree with what is known')
        return answer

    def _compared(self, answer: np.ndarray, known: np.ndarray) -> float:
        """Return how many times as far the teacher's depth is as what is known; 1 where little is."""
        both = np.isfinite(answer) & (known > 0)
        if both.sum() < FEWEST_COMPARED:
            return 1.0
        ratios = known[both] / answer[both]
        self._errors.append(float(np.median(np.abs(np.log(ratios)))))
        self._ratios.append(float(np.median(ratios)))
        return self._ratios[-1]


def _told(what: str, counts: Counter[str]) -> list[str]:
    reasons = ', '.join(f'{reason}: {count}' for reason, count in counts.most_common())
    return [f'{counts.total()} {what} ({reasons})'] if counts else []


def _positive(relative: np.ndarray) -> np.ndarray:
    """Return the same at another scale and shift: ``LOWEST`` to 1, as codes of inverse depth can tell it."""
    low, high = np.nanmin(relative), np.nanmax(relative)
    return LOWEST + (1 - LOWEST) * (relative - low) / max(high - low, np.float32(1e-9))


def _reference(labels: list[Label], size: tuple[int, int]) -> tuple[np.ndarray | None, bool]:
    """Return the best known inverse depth at another size, and whether it is surer than any teacher."""
    for source in REFERENCES:
        for label in labels:
            if label.source == source:
                # Nearest, because means across an edge belong to neither surface.
                known = cv2.resize(label.inverse_depth.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
                return known, source in SURE
    return None, False


def _disagree(answer: np.ndarray, known: np.ndarray) -> np.ndarray:
    return (known > 0) & ((answer > DISAGREEMENT * known) | (answer < known / DISAGREEMENT))
