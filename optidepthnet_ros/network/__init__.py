# SPDX-License-Identifier: Apache-2.0
"""The networks of the paper, in torch alone; they do not deal with cameras or metres."""
