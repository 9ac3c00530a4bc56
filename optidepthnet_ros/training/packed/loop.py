"""Trains a network on packed samples for a number of minutes, on one device: a GPU, or a CPU to try the command."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from optidepthnet_ros.network.layers import DisparityHead
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.photometric import exposed, vary
from optidepthnet_ros.training.packed.store import SampleStore
from optidepthnet_ros.training.packed.views import Views, cut
from optidepthnet_ros.training.packed.windows import WindowDrawer

WARM_UP = 0.03  # share of the time
AVERAGING = 0.998
SAVE_SECONDS = 120
REPORT_SECONDS = 15


@dataclass(frozen=True)
class LoopOptions:
    """How long and how fast.

    :param seconds: of training; learning rate and freezing follow the clock, so that a busy machine ends in time, too
    :param frozen: last share of the training in which batch statistics stay as they are
    :param focal: the canonical focal length, pixels
    :param gray: whether the network is shown gray images
    """

    seconds: float
    learning_rate: float = 1.5e-3
    batch_size: int = 32
    weight_decay: float = 1e-2
    frozen: float = 0.3
    focal: float = 240.0
    gray: bool = True
    seed: int = 0


class Loop:
    """One training.

    :ivar average: the network with averaged weights, which is what to keep
    """

    def __init__(
        self, network: nn.Module, store: SampleStore, drawer: WindowDrawer, objective: Objective, options: LoopOptions
    ):
        self.device = store.device
        self.network: nn.Module = network.to(self.device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]  # missing in torch
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        for module in self.network.modules():
            if isinstance(module, DisparityHead):
                module.full_precision = True
        self._store, self._drawer, self._objective, self._options = store, drawer, objective, options
        self._optimiser = torch.optim.AdamW(
            _groups(self.network, options.weight_decay), options.learning_rate, fused=True
        )
        self._random = torch.Generator(self.device).manual_seed(options.seed)
        self._elapsed = 0.0
        self.steps = 0
        self._losses: list[torch.Tensor] = []
        self._frozen = False

    def state(self) -> dict[str, Any]:
        """Return all that :meth:`resume` needs."""
        return {
            'network': self.network.state_dict(),
            'average': self.average.state_dict(),
            'optimiser': self._optimiser.state_dict(),
            'steps': self.steps,
            'elapsed': self._elapsed,
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from where :meth:`state` was taken; what is drawn next is not what would have been drawn then."""
        self.network.load_state_dict(state['network'])
        self.average.load_state_dict(state['average'])
        self._optimiser.load_state_dict(state['optimiser'])
        self.steps, self._elapsed = state['steps'], state['elapsed']
        self._random.manual_seed(self._options.seed + self.steps)
        self._drawer.reseed(self._options.seed + self.steps)

    def plan(self) -> None:
        """Run each shape once, so that what happens at its first use does not count as training time."""
        state = copy.deepcopy(self.network.state_dict())
        for height, width in self._drawer.shapes:
            image = torch.rand(self._options.batch_size, 3, height, width, device=self.device)
            with self._precision():
                disparities = self.network(image.contiguous(memory_format=torch.channels_last))
            sum(disparity.float().sum() for disparity in disparities).backward()
        self.network.load_state_dict(state)  # its batch statistics have seen noise

    def run(self, report: Callable[[str], None], save: Callable[[], None]) -> None:
        """Train until the time is used up.

        :param report: called every ``REPORT_SECONDS`` with a line of text
        :param save: called every ``SAVE_SECONDS``, and at the end
        """
        begun = time.monotonic() - self._elapsed
        reported = saved = time.monotonic()
        steps_reported = self.steps
        while (done := self._elapsed / self._options.seconds) < 1:
            if not self._frozen and done >= 1 - self._options.frozen:
                self._freeze()
            self._step(done)
            now = time.monotonic()
            self._elapsed = now - begun
            if now - reported > REPORT_SECONDS:
                rate = (self.steps - steps_reported) * self._options.batch_size / (now - reported)
                report(self._progress(done, rate))
                reported, steps_reported = now, self.steps
            if now - saved > SAVE_SECONDS:
                save()
                saved = now
        save()

    def _progress(self, done: float, rate: float) -> str:
        loss = torch.stack(self._losses).mean().item()
        self._losses.clear()
        left = (1 - done) * self._options.seconds / 60
        return f'{done:4.0%}, {left:.1f} min left: step {self.steps}, {rate:.0f} samples/s, loss {loss:.4f}'

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == 'cuda')

    def _step(self, done: float) -> None:
        for group in self._optimiser.param_groups:
            group['lr'] = self._options.learning_rate * _schedule(done)
        views = self._views()
        with self._precision():
            disparities = self.network(views.image)
        loss = self._objective(disparities, views)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if torch.isfinite(clip_grad_norm_(self.network.parameters(), 1.0)):
            self._optimiser.step()
        self.steps += 1
        self._losses.append(loss.detach())
        self._update_average()

    def _views(self) -> Views:
        options = self._options
        with torch.no_grad():
            items, window, shape = self._drawer.draw(options.batch_size)
            views = cut(self._store, items, window, shape, options.focal, options.gray)
            image = exposed(vary(views.image, self._random)).expand(-1, 3, -1, -1)
            return replace(views, image=image.contiguous(memory_format=torch.channels_last))

    def _update_average(self) -> None:
        decay = min(AVERAGING, (1 + self.steps) / (10 + self.steps))
        state, average = self.network.state_dict(), self.average.state_dict()
        floating = [name for name, tensor in average.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([average[name] for name in floating], [state[name] for name in floating], 1 - decay)

    def _freeze(self) -> None:
        """Let batch statistics stay as they are: those of the average, which are of many batches."""
        self._frozen = True
        averaged = dict(self.average.named_buffers())
        for name, buffer in self.network.named_buffers():
            buffer.copy_(averaged[name])
        for module in self.network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights decay; biases and norms do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{'params': weights, 'weight_decay': decay}, {'params': others, 'weight_decay': 0.0}]


def _schedule(done: float) -> float:
    """Return the share of the learning rate: a short rise, then a cosine to a hundredth."""
    if done < WARM_UP:
        return max(done / WARM_UP, 0.01)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2
