# SPDX-License-Identifier: Apache-2.0
"""Encoders that start from weights published by others, learned on ImageNet."""
