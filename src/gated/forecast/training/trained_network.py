"""Defines the result of one training stage: weights, and their score on the held-out windows."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

__all__ = ["TrainedNetwork"]


@dataclass(frozen=True)
class TrainedNetwork:
    """The best network of a training stage.

    Attributes:
        start: "tune" or "scratch".
        score: score on the held-out windows; lower is better.
        steps: number of steps with the best score; 0 if training did not improve the pretrained
            weights.
        weights: its state dict.
    """

    start: str
    score: float
    steps: int
    weights: dict[str, Tensor]

    def to_json(self) -> dict[str, Any]:
        """Convert all but the weights to plain values."""
        return {"start": self.start, "score": repr(self.score), "steps": self.steps}

    @classmethod
    def from_json(cls, stored: dict[str, Any], weights: dict[str, Tensor]) -> "TrainedNetwork":
        """Build the result from plain values and the weights."""
        return cls(stored["start"], float(stored["score"]), stored["steps"], weights)
