"""A network as one way of training left it, with its score on the held-out windows."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

__all__ = ["TrainedNetwork"]


@dataclass(frozen=True)
class TrainedNetwork:
    """A network as one way of training left it.

    Attributes:
        start: "tune" or "scratch".
        score: on the held-out windows, lower is better.
        steps: after which it was best; 0 where the pretrained weights were best left as they are.
        weights: its state dict.
    """

    start: str
    score: float
    steps: int
    weights: dict[str, Tensor]

    def to_json(self) -> dict[str, Any]:
        """All but the weights, as plain values."""
        return {"start": self.start, "score": repr(self.score), "steps": self.steps}

    @classmethod
    def from_json(cls, stored: dict[str, Any], weights: dict[str, Tensor]) -> "TrainedNetwork":
        """Back from plain values and the weights."""
        return cls(stored["start"], float(stored["score"]), stored["steps"], weights)
