"""Trains models: one loop, learning-rate schedules, resumable checkpoints, seeds."""

from gated.train.device import training_device
from gated.train.loop import Loop, TrainingPlan
from gated.train.progress import Progress, shifted
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
    "shifted",
    "training_device",
]
