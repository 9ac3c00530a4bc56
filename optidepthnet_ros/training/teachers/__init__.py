"""Networks whose opinion on depth is a label: our checkpoints, and ONNX networks with a contract beside them."""
