# SPDX-License-Identifier: Apache-2.0
"""Encoders: an image (N, 3, H, W) to features at 1/2, 1/4, ... of its size, `channels` wide each."""
