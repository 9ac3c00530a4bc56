# SPDX-License-Identifier: Apache-2.0
"""Third-party ONNX networks: their input and the meaning of their output, defined by the contract beside them."""
