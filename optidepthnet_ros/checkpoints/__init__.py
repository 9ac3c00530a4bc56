# SPDX-License-Identifier: Apache-2.0
"""Trained weights as files: the checkpoint, its header and self-test, and the shipped models."""
