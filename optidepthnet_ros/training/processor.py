"""What the processor, or the GPU, of a training is good at."""

import torch


def has_fast_bfloat16() -> bool:
    """Whether the processor, or the GPU, computes in bfloat16 faster than in float32."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
