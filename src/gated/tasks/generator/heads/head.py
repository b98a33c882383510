"""Defines what a head is, and makes heads of their description."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.arrays import BoolArray
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["Head", "HeadConfig", "head_of"]


@dataclass(frozen=True)
class HeadConfig:
    """The kind and the size of a head.

    Attributes:
        kind: "categorical", "mixture" or "pose".
        size: number of symbols K, of normal distributions, or of the numbers of a pose.
        scale: the usual change of each number of a pose.
    """

    kind: str
    size: int
    scale: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


class Head(nn.Module, ABC):
    """Predicts the symbol of a step from its features.

    Attributes:
        skipped: values at the begin of an input that the head reads too, after the features.
        carried: numbers of the noise that goes on from a draw to the next one.
    """

    skipped: int = 0
    carried: int = 0

    @abstractmethod
    def nats(self, features: Tensor, targets: Tensor, allowed: Tensor | None) -> Tensor:
        """[B, T] −log p of the targets, in nats.

        Args:
            features: [B, T, H].
            targets: [B, T] int64 or [B, T, D] float32.
            allowed: [B, T, K] which symbols, or pens, can stand at each step; or None.
        """

    @abstractmethod
    def draw(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> Any:
        """Draw the symbol of one step with the features [H]."""

    def draw_next(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
        noise: NDArray[np.float32],
    ) -> tuple[Any, NDArray[np.float32]]:
        """Draw as `draw`, with the noise [carried] of the last draw; zeros before the first one.

        Returns:
            The symbol, and the noise of this draw.
        """
        return self.draw(features, allowed, sampling, generator), noise


class FedBackHead(Head):
    """A head whose predictions can be inputs in the training; see the module `feedback`."""

    @abstractmethod
    def predicted(self, features: Tensor, noise: Tensor) -> Tensor:
        """[B, T, D] the symbols of given standard normal noise [B, T, D]."""

    @abstractmethod
    def fed_back_nats(self, features: Tensor, targets: Tensor) -> Tensor:
        """[B, T] the loss of steps that read predictions, in nats."""


def head_of(config: HeadConfig, features: int) -> Head:
    """Make the head of a description, for so many features."""
    from gated.tasks.generator.heads.categorical import CategoricalHead
    from gated.tasks.generator.heads.mixture import MixtureHead
    from gated.tasks.generator.heads.pose import PoseHead

    if config.kind == "pose":
        return PoseHead(features, config.scale)
    kinds: dict[str, type[CategoricalHead] | type[MixtureHead]] = {
        "categorical": CategoricalHead,
        "mixture": MixtureHead,
    }
    return kinds[config.kind](features, config.size)
