# SPDX-License-Identifier: Apache-2.0
"""One step of a training on packed samples; a GPU records it once for each shape and replays it."""

from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from optidepthnet_ros.training.packed.objective import Objective
from optidepthnet_ros.training.packed.views import Views
from optidepthnet_ros.training.processor import has_fast_bfloat16

LARGEST_GRADIENT = 1.0
WARM_UPS = 3  # before a step is recorded: libraries choose their kernels then

Shape = tuple[int, int]


class Step:
    """Draws views, and learns from them.

    If the two thousand small kernels of a step are launched one after another, a GPU is idle most of the time; recorded
    as one CUDA graph, they keep it busy. Therefore nothing in a step may wait for the device, or depend on its results.

    :param views: makes a batch of this height and width on the device, with random numbers only from ``random``
    :param random: a generator on the device
    :ivar loss: sum over the steps since it was last set to 0, a scalar on the device
    """

    def __init__(
        self,
        network: nn.Module,
        views: Callable[[Shape], Views],
        objective: Objective,
        optimiser: torch.optim.Optimizer,
        random: torch.Generator,
    ):
        self._network, self._views, self._objective = network, views, objective
        self._optimiser, self._random = optimiser, random
        self._bfloat16 = has_fast_bfloat16()
        self._graphs: dict[Shape, torch.cuda.CUDAGraph] = {}
        self.loss = torch.zeros((), device=random.device)

    def __call__(self, shape: Shape) -> None:
        """Learn from one batch of this height and width."""
        if shape in self._graphs:
            self._graphs[shape].replay()
            # Replays are queued at once; the time limit must not run minutes ahead of the device.
            torch.cuda.current_stream().synchronize()
        else:
            self._learn(shape)

    def record(self, shapes: Iterable[Shape]) -> None:
        """Learn from ``WARM_UPS`` batches of each shape, and record a step; on a CPU, do nothing.

        Call it again after the mode of the network or the storage of its parameters has changed.
        """
        if self._random.device.type != 'cuda':
            return
        self._graphs.clear()
        pool = torch.cuda.graph_pool_handle()  # one for all, because no two run at the same time
        for shape in shapes:
            self._warm_up(shape)
            graph = torch.cuda.CUDAGraph()
            graph.register_generator_state(self._random)
            with torch.cuda.graph(graph, pool=pool):
                self._learn(shape)
            self._graphs[shape] = graph

    def _warm_up(self, shape: Shape) -> None:
        """Learn on a stream other than the default, as graphs require."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UPS):
                self._learn(shape)
        torch.cuda.current_stream().wait_stream(stream)

    def _learn(self, shape: Shape) -> None:
        with torch.no_grad():
            views = self._views(shape)
        with torch.autocast(self.loss.device.type, torch.bfloat16, enabled=self._bfloat16):
            disparities = self._network(views.image)
        loss = self._objective(disparities, views)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = clip_grad_norm_(self._network.parameters(), LARGEST_GRADIENT)
        # The optimiser skips a step whose gradient is not finite, as it does for torch.amp.GradScaler.
        self._optimiser.found_inf = (~norm.isfinite()).float()  # type: ignore[attr-defined]
        self._optimiser.step()
        self.loss += loss.detach()
