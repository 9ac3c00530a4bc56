"""Averages the weights over the last steps: what is validated and saved is calmer than what is stepped."""

from functools import partial

from lightning.pytorch.callbacks import WeightAveraging


class WarmWeightAveraging(WeightAveraging):
    """An exponential moving average, batch statistics included, that forgets the random start quickly.

    Its decay grows with the steps, to ``decay`` at most: a constant one would still carry a third of the
    fresh network after 1 / (1 - decay) steps, and its batch statistics fit no weights at all.
    """

    def __init__(self, decay: float):
        super().__init__(use_buffers=True, avg_fn=partial(_average, decay))


def _average(decay, averaged, current, steps):
    if not averaged.is_floating_point():  # counters of batches
        return current
    return averaged.lerp(current, 1 - min(decay, (1 + int(steps)) / (10 + int(steps))))
