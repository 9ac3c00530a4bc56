# SPDX-License-Identifier: Apache-2.0
"""Pictures of the training: frame, disparity, the reconstructed view or recorded depth, and the error."""

from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.loggers import TensorBoardLogger

from optidepthnet_ros.files.atomic import replacing
from optidepthnet_ros.files.image_file import save_image
from optidepthnet_ros.imaging.appearance import appearance_error
from optidepthnet_ros.imaging.preview import colour_depth
from optidepthnet_ros.imaging.view_synthesis import warp_left_from_right
from optidepthnet_ros.training.losses.stereo import of_width

NAME = 'preview.png'
NEAREST, FARTHEST = 0.01, 0.5  # range of the colours of inverse disparity; 0.3 is the largest disparity of the network


class ValidationPictures(lightning.Callback):
    """Draws the first frames of each validation, one below the other, for TensorBoard and into ``preview.png``."""

    def __init__(self, folder: Path, pairs: int = 4):
        self._folder = folder
        self._pairs = pairs

    def on_validation_batch_end(
        self,
        trainer: lightning.Trainer,
        module: lightning.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        if batch_idx or not trainer.is_global_zero:
            return
        first = {name: value[: self._pairs] for name, value in batch.items() if isinstance(value, torch.Tensor)}
        sheet = _sheet(module, first)
        with replacing(self._folder / NAME) as temporary:
            save_image(temporary, sheet[..., ::-1])
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                logger.experiment.add_image(
                    'left, disparity, rebuilt left or recorded depth, error',
                    sheet,
                    trainer.global_step,
                    dataformats='HWC',
                )


def _sheet(module: lightning.LightningModule, batch: dict[str, torch.Tensor]) -> np.ndarray:
    """(rows * H, 4 * W, 3) uint8 RGB."""
    with torch.no_grad():
        disparity = of_width(module(batch['left'])[0][:, :1], batch)
        known = of_width(batch['known'], batch)
        rebuilt = warp_left_from_right(batch['right'], disparity)
        error = appearance_error(rebuilt, batch['left'])
        wrong = (known / disparity).log().abs().nan_to_num(0, 0, 0)
    return np.vstack(
        [
            np.hstack(
                [
                    _gray(batch['left'][row]),
                    _colours(disparity[row]),
                    *(
                        (_gray(rebuilt[row]), _gray(error[row]))
                        if batch['is_pair'][row]
                        else (_colours(known[row]), _gray(wrong[row]))
                    ),
                ]
            )
            for row in range(len(disparity))
        ]
    )


def _gray(image: torch.Tensor) -> np.ndarray:
    """(H, W, 3) of an image (C, H, W) in 0..1."""
    values = (image.float().cpu().mean(dim=0).clamp(0, 1) * 255).byte().numpy()
    return np.repeat(values[..., np.newaxis], 3, axis=-1)


def _colours(disparity: torch.Tensor) -> np.ndarray:
    inverse = 0.003 / disparity[0].float().cpu().numpy()
    return colour_depth(inverse, NEAREST, FARTHEST)[..., ::-1]
