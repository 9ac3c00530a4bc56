# SPDX-License-Identifier: Apache-2.0
"""The depth node and its parts."""
