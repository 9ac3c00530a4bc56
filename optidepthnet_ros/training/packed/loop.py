"""Trains a network on packed samples for a number of minutes, on one device: a GPU, or a CPU to try the command."""

import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from optidepthnet_ros.network.layers import DisparityHead
from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.photometric import exposed, vary
from optidepthnet_ros.training.packed.views import cut
from optidepthnet_ros.training.packed.windows import WindowDrawer

WARM_UP = 0.03  # share of the time
AVERAGING = 0.998
SAVE_SECONDS = 45


@dataclass(frozen=True)
class LoopOptions:
    """How long and how fast.

    :param seconds: of training; the learning rate follows the clock
    :param frozen: last share of the training in which batch statistics stay as they are
    :param samples: end after so many samples instead, and let the learning rate follow them; 0 is to follow the clock
    """

    seconds: float
    learning_rate: float = 1.5e-3
    batch_size: int = 32
    weight_decay: float = 1e-2
    focal: float = 240.0
    gray: bool = True
    seed: int = 0
    samples: int = 0
    frozen: float = 0.3


class Loop:
    """One training.

    :ivar average: the network with averaged weights, which is what to keep
    """

    def __init__(self, network: nn.Module, store, drawer: WindowDrawer, objective: Objective, options: LoopOptions):
        self.device = store.device
        layout = torch.channels_last
        self.network = network.to(self.device, memory_format=layout).train()
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        _full_precision_heads(self.network)
        self._store, self._drawer, self._objective, self.options = store, drawer, objective, options
        self._optimiser = torch.optim.AdamW(
            _groups(self.network, options.weight_decay), options.learning_rate, fused=True
        )
        self._random = torch.Generator(self.device).manual_seed(options.seed)
        self.steps = 0
        self.losses = []
        self._frozen = False

    def plan(self) -> None:
        """Run each shape once, so that what happens at its first use does not count as training time."""
        for height, width in self._drawer.shapes:
            image = torch.rand(self.options.batch_size, 3, height, width, device=self.device)
            with self._precision():
                disparities = self.network(image.contiguous(memory_format=torch.channels_last))
            sum(disparity.float().sum() for disparity in disparities).backward()
        self.network.load_state_dict(self.average.state_dict())  # batch statistics have seen noise

    def _precision(self):
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == 'cuda')

    def run(self, report, save_to: Path | None = None) -> None:
        """Train until the time or the samples are used up.

        :param report: called now and then with a line of text
        """
        start = saved = shown = time.monotonic()
        steps_shown = 0
        while (done := self._done(time.monotonic() - start)) < 1:
            self._freeze_from(done)
            self._step(done)
            now = time.monotonic()
            if now - shown > 15:
                loss = torch.stack(self.losses).mean().item()
                self.losses.clear()
                rate = (self.steps - steps_shown) * self.options.batch_size / (now - shown)
                report(f'{done:6.1%} {self.steps} steps, {rate:.0f} samples/s, loss {loss:.4f}')
                shown, steps_shown = now, self.steps
            if save_to and now - saved > SAVE_SECONDS:
                torch.save(self.average.state_dict(), save_to)
                saved = now
        if save_to:
            torch.save(self.average.state_dict(), save_to)

    def _done(self, elapsed):
        if self.options.samples:
            return self.steps * self.options.batch_size / self.options.samples
        return elapsed / self.options.seconds

    def _step(self, done):
        for group in self._optimiser.param_groups:
            group['lr'] = self.options.learning_rate * _schedule(done)
        views = self._views()
        with self._precision():
            disparities = self.network(views.image)
        loss = self._objective(disparities, views)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = clip_grad_norm_(self.network.parameters(), 1.0)
        if torch.isfinite(norm):
            self._optimiser.step()
        self.steps += 1
        self.losses.append(loss.detach())
        self._update_average()

    def _views(self):
        options = self.options
        with torch.no_grad():
            items, window, shape = self._drawer.draw(options.batch_size)
            views = cut(self._store, items, window, shape, options.focal, options.gray)
            image = exposed(vary(views.image, self._random)).expand(-1, 3, -1, -1)
            image = image.contiguous(memory_format=torch.channels_last)
            return type(views)(image, views.log_inverse, views.sky, views.source)

    def _update_average(self):
        decay = min(AVERAGING, (1 + self.steps) / (10 + self.steps))
        state, average = self.network.state_dict(), self.average.state_dict()
        floating = [name for name, tensor in average.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([average[name] for name in floating], [state[name] for name in floating], 1 - decay)

    def _freeze_from(self, done):
        if not self._frozen and done >= 1 - self.options.frozen:
            self._frozen = True
            # The average's statistics are of many batches; from here on training and inference use the same.
            averaged = dict(self.average.named_buffers())
            for name, buffer in self.network.named_buffers():
                buffer.copy_(averaged[name])
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()


def _full_precision_heads(network):
    """Keep heads out of autocast: a logit of eight bits is a depth in steps of one or two percent."""
    for head in (module for module in network.modules() if isinstance(module, DisparityHead)):
        head.forward = _in_full_precision(head.forward)


def _in_full_precision(forward):
    def run(x):
        with torch.autocast(x.device.type, enabled=False):
            return forward(x.float())

    return run


def _groups(network, decay):
    """Weights decay; biases and norms do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{'params': weights, 'weight_decay': decay}, {'params': others, 'weight_decay': 0.0}]


def _schedule(done):
    """Return the share of the learning rate: a short rise, then a cosine to a hundredth."""
    if done < WARM_UP:
        return max(done / WARM_UP, 0.01)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2
