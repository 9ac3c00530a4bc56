"""Measuring depth against ground truth, as the field's tables do."""
