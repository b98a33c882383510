"""Defines the media, and the largest values of hyperparameters: larger ones need days."""

__all__ = ["DEMOS", "LARGEST", "MEDIA"]

MEDIA = ("speech", "text", "music", "drawing", "image", "motion")
"""What can be learned from files."""

DEMOS = ("shop", "digits", "text", "bach", "drawing", "handwriting", "dance")
"""What can be tried without files: the forecast of a shop, and the models of the package."""

LARGEST = {
    "rate": 768_000,
    "hidden_size": 4_096,
    "num_layers": 64,
    "max_steps": 1_000_000,
    "batch_size": 65_536,
    "window": 1_000_000,
    "length": 1_000_000_000,
    "count": 100_000,
    "beam": 1_000,
    "seed": 2**63 - 1,
}
