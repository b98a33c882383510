"""Compares `gated.nn` with `torch.nn` and ONNX Runtime: commands `recurrences`, `roofline`."""
