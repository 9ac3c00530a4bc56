# SPDX-License-Identifier: Apache-2.0
"""Formats of single files, the package's share folder, and writing that never leaves half a file."""
