# SPDX-License-Identifier: Apache-2.0
"""Evaluates depth against ground truth, as the tables of the field do, and measures speed."""
