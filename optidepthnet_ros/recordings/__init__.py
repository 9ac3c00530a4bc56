# SPDX-License-Identifier: Apache-2.0
"""Kinds of recordings, one a file: scenes of rectified pairs, or of images with depth."""
