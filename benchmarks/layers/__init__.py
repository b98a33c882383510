"""`gated.nn` against `torch.nn` and ONNX Runtime: the commands `recurrences` and `roofline`."""
