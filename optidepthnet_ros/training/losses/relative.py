# SPDX-License-Identifier: Apache-2.0
"""Agreement with relative inverse depth: the shape must be the same; scale and shift do not matter."""

import torch

FLATTEST = 0.05  # least mean deviation of the prediction, as a share of its median; a flatter one counts as this flat


def relative_error(disparity: torch.Tensor, target: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Weighted mean |difference| of both after normalising their median to 0 and mean deviation to 1; a scalar.

    Ranftl et al., TPAMI 2022, equations 5 and 6, without trimming.

    :param disparity: (N, 1, H, W), positive
    :param target: (N, 1, H, W) relative inverse depth, NaN unknown
    :param weight: (N,)
    """
    known = target.isfinite().flatten(1)
    values, wanted = disparity.flatten(1), target.nan_to_num().flatten(1)
    centre = _median(values, known)
    answer = _normalised(values, centre, known, FLATTEST * centre.detach())
    expected = _normalised(wanted, _median(wanted, known), known, torch.full_like(centre, 1e-6))
    counted = (known * weight.gt(0)[:, None]).sum().clamp(min=1)
    return ((answer - expected).abs() * weight[:, None]).sum() / counted


def _median(values: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """(N, 1) median of what is known, 0 where nothing is."""
    return values.masked_fill(~known, torch.nan).nanmedian(1, keepdim=True).values.nan_to_num()


def _normalised(
    values: torch.Tensor, centre: torch.Tensor, known: torch.Tensor, flattest: torch.Tensor
) -> torch.Tensor:
    deviation = (values - centre) * known
    spread = deviation.abs().sum(1, keepdim=True) / known.sum(1, keepdim=True).clamp(min=1)
    return deviation / torch.maximum(spread, flattest).clamp(min=1e-6)
