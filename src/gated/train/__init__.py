"""Training: one loop, resumable checkpoints, seeds."""

from gated.train.checkpoint import load_tensors, save_tensors
from gated.train.device import training_device
from gated.train.loop import Loop, Plan, Progress
from gated.train.seed import seeded

__all__ = ["Loop", "Plan", "Progress", "load_tensors", "save_tensors", "seeded", "training_device"]
