# SPDX-License-Identifier: Apache-2.0
"""Encoders that start from published weights, trained on ImageNet."""
