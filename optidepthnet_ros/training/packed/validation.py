# SPDX-License-Identifier: Apache-2.0
"""Validates a network on held-out samples: whole images at the canonical resolution."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from optidepthnet_ros.training.packed.archive import RELATIVE
from optidepthnet_ros.training.packed.photometric import as_shown
from optidepthnet_ros.training.packed.store import SOURCES, SampleStore
from optidepthnet_ros.training.packed.views import Views, Window, cut

FARTHEST = 80.0  # metres
FEWEST = 100  # pixels with a label
NO_METRES = (0, 1 + SOURCES.index(RELATIVE))


@torch.no_grad()
def validate(
    network: nn.Module, store: SampleStore, items: Iterable[int], focal: float, unit: float
) -> dict[tuple[int, str], tuple[int, float, float]]:
    """Return the number of frames, mean Abs Rel and mean delta1 by (folder, source of the label)."""
    errors: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    for item in items:
        views = _whole(store, item, focal)
        depth = unit / network(as_shown(views.image))[0].float()[0, 0]
        for slot, source in enumerate(views.source[0].tolist()):
            truth = (-views.log_inverse[0, slot]).exp()
            known = truth.isfinite() & ~views.sky[0, 0] & (truth < FARTHEST)
            if source not in NO_METRES and known.sum() >= FEWEST:
                ratio = depth[known] / truth[known]
                delta1 = (torch.maximum(ratio, 1 / ratio) < 1.25).float().mean()
                errors[store.groups[item], SOURCES[source - 1]].append((float((ratio - 1).abs().mean()), float(delta1)))
    return {key: (len(values), *np.mean(values, axis=0).round(4).tolist()) for key, values in errors.items()}


def _whole(store: SampleStore, item: int, focal: float) -> Views:
    height, width = store.image_layout[item, 1:3].tolist()
    one = torch.ones(1, device=store.device)
    centre = torch.tensor([[(width - 1) / 2, (height - 1) / 2]], device=store.device)
    factor = focal / store.samples[item].focal
    size = (round(height * factor), round(width * factor))
    window = Window(one, 0 * one, one, centre)
    return cut(store, torch.tensor([item], device=store.device), window, size, focal)
