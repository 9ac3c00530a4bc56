"""Kinds of stereo recordings, one a file, all giving scenes of rectified pairs."""
