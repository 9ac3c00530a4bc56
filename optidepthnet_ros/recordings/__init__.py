# SPDX-License-Identifier: Apache-2.0
"""Kinds of recordings, one per file: scenes of rectified pairs, or of images with depth."""
