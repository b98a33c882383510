"""Trains models: one loop, learning-rate schedules, resumable checkpoints, seeds."""

from gated.train.device import training_device
from gated.train.loop import Loop, Progress, TrainingPlan
from gated.train.schedule import WarmupStableDecay, one_cycle
from gated.train.seed import seeded
from gated.train.tensor_file import kind_of, load_tensors, save_tensors

__all__ = [
    "Loop",
    "Progress",
    "TrainingPlan",
    "WarmupStableDecay",
    "kind_of",
    "load_tensors",
    "one_cycle",
    "save_tensors",
    "seeded",
    "training_device",
]
