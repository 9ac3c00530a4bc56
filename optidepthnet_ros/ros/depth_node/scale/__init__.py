# SPDX-License-Identifier: Apache-2.0
"""The node's side of the scale: messages of other sensors, and reports on the correction."""
