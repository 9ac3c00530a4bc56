# SPDX-License-Identifier: Apache-2.0
"""The training node and its parts."""
