# SPDX-License-Identifier: Apache-2.0
"""The networks of the paper, in torch alone; they know no camera and no metres."""
