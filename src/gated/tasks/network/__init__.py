"""The network of all estimators for sequences: its readable form, its fast step, its state."""
