"""Defines the largest values of hyperparameters; larger ones need days or all memory."""

__all__ = ["LARGEST"]

LARGEST = {
    "rate": 768_000,
    "hidden_size": 4_096,
    "num_layers": 64,
    "max_steps": 1_000_000,
    "batch_size": 65_536,
    "window": 1_000_000,
    "seed": 2**63 - 1,
}
