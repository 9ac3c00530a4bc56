# SPDX-License-Identifier: Apache-2.0
"""ONNX networks that others made: what they are shown and what their answer means, by the contract beside them."""
