# SPDX-License-Identifier: Apache-2.0
"""Labels of a teacher: converted to 1/m, checked against known depth, and counted."""

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
REFERENCES = (*SURE, MATCHED)  # to which a teacher is fitted and compared, best first
FEWEST_COMPARED = 100  # pixels
DISAGREEMENT = 1.25  # times as far, or as near
LOWEST = 0.05  # of a relative label; its logarithm is stored, in fixed steps


class Teaching:
    """Labels frame after frame with a teacher.

    A relative teacher is fitted to the best known depth of the same image. If hardly any depth is known, the label
    stays relative; if the known depth does not support a fit, there is no label. A metric teacher is used as it is,
    except for images in which its scale disagrees with the known depth. Pixels in which a teacher disagrees with a
    renderer or sensor are left out.
    """

    def __init__(self, teacher: Teacher):
        self.teacher = teacher
        self._labels = 0
        self._relative: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._errors: list[float] = []
        self._ratios: list[float] = []

    def label(self, image: np.ndarray, camera: Camera, labels: list[Label]) -> Label | None:
        """Return the label of the teacher for an image, None if the known depth does not support it.

        :param image: uint8 (H, W, 3) BGR or (H, W) gray
        :param labels: known depth of the image
        :raises ValueError: the output of the teacher is not a depth map
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
        """Return a text on what was labelled since the last call, and how far it is from known depth."""
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
            raise NoFit('the teacher gives no depth')
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
        """Return the ratio of the teacher's depth to known depth; 1 if little is known."""
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
    """Return the same at another scale and shift: ``LOWEST`` to 1, which codes of inverse depth can represent."""
    low, high = np.nanmin(relative), np.nanmax(relative)
    return LOWEST + (1 - LOWEST) * (relative - low) / max(high - low, np.float32(1e-9))


def _reference(labels: list[Label], size: tuple[int, int]) -> tuple[np.ndarray | None, bool]:
    """Return the best known inverse depth at another size, and whether it is more reliable than any teacher."""
    for source in REFERENCES:
        for label in labels:
            if label.source == source:
                # Nearest pixel, because means across an edge belong to neither surface.
                known = cv2.resize(label.inverse_depth.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
                return known, source in SURE
    return None, False


def _disagree(answer: np.ndarray, known: np.ndarray) -> np.ndarray:
    return (known > 0) & ((answer > DISAGREEMENT * known) | (answer < known / DISAGREEMENT))
