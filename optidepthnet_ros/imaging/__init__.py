# SPDX-License-Identifier: Apache-2.0
"""Operations on images: exposure, colour pictures of depth, blending of mirrored results, stereo matching."""
