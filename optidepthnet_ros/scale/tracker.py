# SPDX-License-Identifier: Apache-2.0
"""Combines evidence with the frame of its time, and returns the correction for each frame."""

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from optidepthnet_ros.geometry.camera import Camera
from optidepthnet_ros.scale.correction import Correction
from optidepthnet_ros.scale.evidence import Evidence
from optidepthnet_ros.scale.filter import FilterLimits, ScaleFilter, ScaleState
from optidepthnet_ros.scale.fit import Fit, UnsupportedFitError, fit_correction, fit_relative
from optidepthnet_ros.scale.marks import Marks, marks_of
from optidepthnet_ros.scale.shown import Shown

_FRAMES = 10  # kept, for evidence that comes late
_WAITING = 20  # pieces of evidence
_PIXELS = 320 * 240  # approximate size of a kept frame; a network resolves no more
_SECOND = 10**9
_SHOWN = _SECOND // 2  # evidence is shown for so long after its frame


@dataclass(frozen=True)
class Frame:
    """A frame before correction.

    :param stamp: nanoseconds
    :param frame_id: the camera's optical frame
    :param depth: (H, W) float32 metres, uncorrected, NaN unknown; for a relative network, as in
        :class:`~optidepthnet_ros.inference.estimator.DepthEstimate`
    """

    stamp: int
    frame_id: str
    depth: np.ndarray
    camera: Camera


EvidenceOf: TypeAlias = Callable[[Frame], Evidence]  # raises UnsupportedFitError with the reason if there is none


class ScaleTracker:
    """Takes evidence from any thread, and frames from one thread.

    Sensor data arrives later than images. So the last frames are kept, and evidence is compared with the frame whose
    stamp is nearest. It takes effect from the next frame on. Each piece of evidence is used once.

    :param tolerance: largest difference in seconds between the stamps of evidence and frame
    """

    def __init__(self, limits: FilterLimits, tolerance: float):
        self._tolerance = round(tolerance * _SECOND)
        self._lock = threading.Lock()
        self._filter = ScaleFilter(limits)
        self._relative = limits.relative
        self._fit = fit_relative if limits.relative else fit_correction
        self._frames: deque[Frame] = deque(maxlen=_FRAMES)
        self._waiting: deque[tuple[int, EvidenceOf]] = deque(maxlen=_WAITING)
        self.state = ScaleState()
        self._shown: tuple[Frame, Evidence] | None = None  # the newest evidence, and what it was compared with

    def offer(self, stamp: int, evidence_of: EvidenceOf) -> None:
        """Take evidence of a time, in nanoseconds."""
        with self._lock:
            self._waiting.append((stamp, evidence_of))

    def update(self, frame: Frame, near: float = 0.0, far: float = 1000.0) -> ScaleState:
        """Return the correction of the newest frame, whose depth is copied.

        :param near: metres; corrected depth that is nearer is not published and may jump
        :param far: metres; the same for farther depth
        """
        with self._lock:
            if self._frames and frame.stamp < self._frames[-1].stamp:  # a recording starts again
                self._frames.clear()
            self._frames.append(_small(frame))
            moment = frame.stamp / _SECOND
            fits, problem = self._new_fits()
            shown = Shown(frame.depth, near, far, self._relative)
            state = self._filter.update(moment, shown, None, problem)
            for fit in fits:
                state = self._filter.update(moment, shown, fit)
            self.state = state
            return state

    def reset(self) -> None:
        """Start over, without a correction."""
        with self._lock:
            self._filter.reset()
            self._frames.clear()
            self._waiting.clear()
            self.state = ScaleState()
            self._shown = None

    def marks(self, frame: Frame, correction: Correction) -> Marks | None:
        """Return the places of the newest evidence in a frame, even if it gave no fit; None: none is of its time.

        :param frame: the frame given to :meth:`update` last
        :param correction: correction with which its depth is shown
        """
        with self._lock:
            if self._shown is None:
                return None
            of, evidence = self._shown
            if evidence.pixels is None or not 0 <= frame.stamp - of.stamp <= _SHOWN:
                return None
            step = round(frame.camera.fx / of.camera.fx)
            return marks_of(evidence, correction, of.camera.width, step)

    def _new_fits(self) -> tuple[list[Fit], str]:
        """Fit the evidence whose frame is here; also return why evidence gave no fit."""
        fits, problem = [], ''
        waiting, newest = list(self._waiting), self._frames[-1].stamp
        self._waiting.clear()
        for stamp, evidence_of in waiting:
            nearest = min(self._frames, key=lambda one: abs(one.stamp - stamp))
            apart = abs(nearest.stamp - stamp)
            if apart <= self._tolerance:
                try:
                    evidence = evidence_of(nearest)
                    self._shown = nearest, evidence
                    fits.append(self._fit(evidence))
                except UnsupportedFitError as error:
                    problem = str(error)
            else:
                problem = (
                    f'its stamp is {apart / _SECOND:.3g} s from that of any frame, {self._tolerance / _SECOND:g} s are '
                    'allowed'
                )
                if stamp > newest:  # its frame may still arrive
                    self._waiting.append((stamp, evidence_of))
        return fits, problem


def _small(frame: Frame) -> Frame:
    """Return a copy; of a large frame, only every Nth row and column."""
    step = max(1, math.ceil(math.sqrt(frame.depth.size / _PIXELS)))
    return Frame(frame.stamp, frame.frame_id, frame.depth[::step, ::step].copy(), frame.camera.decimated(step))
