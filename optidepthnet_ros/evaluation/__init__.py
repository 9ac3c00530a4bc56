# SPDX-License-Identifier: Apache-2.0
"""Measuring depth against ground truth, as the field's tables do."""
