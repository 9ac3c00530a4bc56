# SPDX-License-Identifier: Apache-2.0
"""Networks whose opinion on depth is a label: our checkpoints, and ONNX networks with a contract beside them."""
