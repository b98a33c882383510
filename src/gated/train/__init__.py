"""Trains models: one loop, learning-rate schedules, resumable checkpoints, seeds."""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.train.device import training_device
    from gated.train.loop import Loop
    from gated.train.plan import TrainingPlan
    from gated.train.progress import Progress, shifted
    from gated.train.schedule import WarmupStableDecay, one_cycle
    from gated.train.seed import seeded
    from gated.train.tensor_file import load_tensors, save_tensors

__all__ = [
    "Loop",
    "Progress",
    "TrainingPlan",
    "WarmupStableDecay",
    "load_tensors",
    "one_cycle",
    "save_tensors",
    "seeded",
    "shifted",
    "training_device",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "Loop": "gated.train.loop",
        "Progress": "gated.train.progress",
        "TrainingPlan": "gated.train.plan",
        "WarmupStableDecay": "gated.train.schedule",
        "load_tensors": "gated.train.tensor_file",
        "one_cycle": "gated.train.schedule",
        "save_tensors": "gated.train.tensor_file",
        "seeded": "gated.train.seed",
        "shifted": "gated.train.progress",
        "training_device": "gated.train.device",
    },
)
