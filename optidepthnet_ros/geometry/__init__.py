# SPDX-License-Identifier: Apache-2.0
"""Cameras, depth, confidence and rectification in numpy; nothing here handles files, networks or messages."""
