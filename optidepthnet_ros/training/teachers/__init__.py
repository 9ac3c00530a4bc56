# SPDX-License-Identifier: Apache-2.0
"""Networks whose depth predictions are labels: our checkpoints, and ONNX networks with a contract beside them."""
