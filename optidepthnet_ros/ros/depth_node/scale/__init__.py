# SPDX-License-Identifier: Apache-2.0
"""The node's side of the scale: messages of other sensors, and what is told of the correction."""
