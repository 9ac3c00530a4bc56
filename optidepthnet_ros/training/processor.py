# SPDX-License-Identifier: Apache-2.0
"""What the processor, or the GPU, of a training computes fast, and what slows it down."""

import torch

from optidepthnet_ros.training.allocator import keep_freed_memory


def set_up_process() -> None:
    """Set this process up for a training: freed memory is reused, and numbers near zero become 0."""
    keep_freed_memory()
    torch.set_flush_denormal(True)  # weights near zero slow processors down


def has_fast_bfloat16() -> bool:
    """Whether the processor, or the GPU, computes in bfloat16 faster than in float32."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
