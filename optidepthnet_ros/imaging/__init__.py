"""Operations on images: exposure, depth as a colour picture, blending of mirrored results, stereo matching."""
