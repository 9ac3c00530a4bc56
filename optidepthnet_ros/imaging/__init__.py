# SPDX-License-Identifier: Apache-2.0
"""Operations on images: exposure, depth as a colour picture, blending of mirrored results, stereo matching."""
