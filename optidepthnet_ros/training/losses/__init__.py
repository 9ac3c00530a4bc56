# SPDX-License-Identifier: Apache-2.0
"""The terms of the training loss, one per file."""
