"""Defines the length and the settings of a training run."""

import math
from dataclasses import dataclass
from typing import Literal

from gated.train.schedule import Schedule, one_cycle

__all__ = ["TrainingPlan"]


@dataclass(frozen=True)
class TrainingPlan:
    """The length and the settings of a training run.

    Attributes:
        budget: where training stops: a number of steps, or of windows where `Loop.batch_size`
            counts windows.
        learning_rate: the peak of the schedule.
        schedule: the learning rate and the momentum of each step.
        beta2: β₂ of AdamW (arXiv 1711.05101).
        weight_decay: of AdamW.
        decayed: which parameters the weight decay applies to: all, or those of two axes and more.
        clip: largest norm of a step's gradient.
        averaging: decay of the running average of the weights, per step.
        precision: of the forward pass; "bfloat16" uses torch's autocast.
        evaluations: how often the score is computed, evenly spread over the budget.
        patience: evaluations without a better score after which training stops.
        goal: a score that is good enough, so that training stops.
        loss_smoothing: decay of the running average of the loss, per step.
    """

    budget: int
    learning_rate: float
    schedule: Schedule = one_cycle
    beta2: float = 0.999
    weight_decay: float = 1e-2
    decayed: Literal["all", "matrices"] = "all"
    clip: float = 1.0
    averaging: float = 0.97
    precision: Literal["float32", "bfloat16"] = "float32"
    evaluations: int = 10
    patience: int = 4
    goal: float = -math.inf
    loss_smoothing: float = 0.95
