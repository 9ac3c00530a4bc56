# SPDX-License-Identifier: Apache-2.0
"""Trains a network on packed samples for a number of minutes, on one device: a GPU, or a CPU to try the command."""

import copy
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from optidepthnet_ros.network.optidepthnet import OptiDepthNet
from optidepthnet_ros.training.packed.moving_average import Averaging
from optidepthnet_ros.training.packed.network_teacher import NetworkTeacher
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.photometric import as_shown, vary
from optidepthnet_ros.training.packed.step import Shape, Step
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.views import Views, cut
from optidepthnet_ros.training.packed.windows import WindowDrawer
from optidepthnet_ros.training.parameter_groups import parameter_groups
from optidepthnet_ros.training.statistics import keep_statistics

WARM_UP = 0.03  # share of the time
SAVE_SECONDS = 120
REPORT_SECONDS = 15


@dataclass(frozen=True)
class LoopOptions:
    """Length and speed of a training.

    :param seconds: time of training; learning rate and freezing follow the clock, so that a busy machine also ends in
        time
    :param frozen: last share of the training, in which batch statistics are frozen
    :param focal: the canonical focal length, pixels
    :param encoder_rate: learning rate of the encoder, as a share of ``learning_rate``
    :param keep_finest: the encoder's finest layers, the costliest on a CPU, keep their weights
    """

    seconds: float
    learning_rate: float
    batch_size: int
    weight_decay: float
    frozen: float
    focal: float
    encoder_rate: float = 1.0
    keep_finest: bool = False
    seed: int = 0


class Loop:
    """One training.

    :param teacher: also labels each view, if given
    :ivar average: the network with averaged weights, which is the result
    """

    def __init__(
        self,
        network: OptiDepthNet,
        store: SampleStore,
        drawer: WindowDrawer,
        objective: Objective,
        options: LoopOptions,
        teacher: NetworkTeacher | None = None,
    ):
        self.device = store.device
        self.network: nn.Module = network.to(self.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]  # missing in torch
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self._store, self._drawer, self._options, self._teacher = store, drawer, options, teacher
        groups = parameter_groups(network, options.learning_rate, options.weight_decay, options.encoder_rate)
        self._rates = [group['lr'] for group in groups]
        for group in groups:
            group['lr'] = torch.tensor(group['lr'], device=self.device)  # a tensor, so that recorded steps read it
        self._optimiser = torch.optim.AdamW(groups, fused=True, capturable=self.device.type == 'cuda')
        self._random = torch.Generator(self.device)
        self._shapes = random.Random()
        self._elapsed, self.steps = 0.0, 0
        self._reseed()
        if options.keep_finest:
            for module in network.encoder.finest_modules():
                module.requires_grad_(False)
        self._step = Step(network, self._views, objective, self._optimiser, self._random)
        self._averaging = Averaging(self.average, self.network)
        self._frozen = False

    def state(self) -> dict[str, Any]:
        """Return everything that :meth:`resume` needs."""
        return {
            'network': self.network.state_dict(),
            'average': self.average.state_dict(),
            'optimiser': self._optimiser.state_dict(),
            'steps': self.steps,
            'elapsed': self._elapsed,
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Continue from where :meth:`state` was taken; the next random samples differ from those without a stop."""
        self.network.load_state_dict(state['network'])
        self.average.load_state_dict(state['average'])
        self._optimiser.load_state_dict(state['optimiser'])
        self.steps, self._elapsed = state['steps'], state['elapsed']
        self._reseed()

    def plan(self) -> None:
        """Learn from a few batches of each shape, so that first-use work of a GPU does not take training time."""
        self._set_rate(0.0)
        self._step.record(self._drawer.shapes)

    def run(self, report: Callable[[str], None], save: Callable[[], None]) -> None:
        """Train until the time is used up.

        :param report: called every ``REPORT_SECONDS`` with a line of text
        :param save: called every ``SAVE_SECONDS``, and at the end
        """
        begun = time.monotonic() - self._elapsed
        reported = saved = time.monotonic()
        steps_reported = self.steps
        while (done := self._elapsed / self._options.seconds) < 1:
            self.step(done)
            now = time.monotonic()
            self._elapsed = now - begun
            if now - reported > REPORT_SECONDS:
                report(self._progress(done, self.steps - steps_reported, now - reported))
                reported, steps_reported = now, self.steps
            if now - saved > SAVE_SECONDS:
                save()
                saved = now
        save()

    def step(self, done: float) -> None:
        """Learn from one batch, with learning rate and statistics for this share of the training, 0 to 1."""
        if not self._frozen and done >= 1 - self._options.frozen:
            self._freeze()
        self._set_rate(done)
        self._step(self._shapes.choice(self._drawer.shapes))
        self.steps += 1
        self._averaging.update(self.steps)

    def _progress(self, done: float, steps: int, seconds: float) -> str:
        loss = self._step.loss.item() / max(1, steps)
        self._step.loss.zero_()
        left = (1 - done) * self._options.seconds / 60
        rate = steps * self._options.batch_size / seconds
        return f'{done:4.0%}, {left:.1f} min left: step {self.steps}, {rate:.0f} samples/s, loss {loss:.4f}'

    def _reseed(self) -> None:
        self._random.manual_seed(self._options.seed + self.steps)
        self._shapes.seed(self._options.seed + self.steps)

    def _set_rate(self, done: float) -> None:
        for group, rate in zip(self._optimiser.param_groups, self._rates, strict=True):
            group['lr'].fill_(rate * _schedule(done))

    def _views(self, shape: Shape) -> Views:
        options = self._options
        items, window = self._drawer.draw(options.batch_size, shape, self._random)
        views = cut(self._store, items, window, shape, options.focal)
        if self._teacher is not None:
            views = self._teacher.label(views)
        return replace(views, image=as_shown(vary(views.image, self._random)))

    def _freeze(self) -> None:
        """Freeze batch statistics at those of the average, which come from many batches."""
        self._frozen = True
        averaged = dict(self.average.named_buffers())
        for name, buffer in self.network.named_buffers():
            buffer.copy_(averaged[name])
        keep_statistics(self.network)
        self._step.record(self._drawer.shapes)


def _schedule(done: float) -> float:
    """Return the factor of the learning rate: a short rise, then a cosine to a hundredth."""
    if done < WARM_UP:
        return max(done / WARM_UP, 0.01)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2
