"""The result of fitting: a table profile, a network, and its combination with a baseline."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.training.combination import Combination

__all__ = ["Fitted", "TrainedNetwork"]


@dataclass(frozen=True)
class Fitted:
    """All that fitting learned."""

    profile: TableProfile
    network: SeasonNetwork
    combination: Combination


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
