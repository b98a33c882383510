"""Defines what a head is, and makes heads of their description."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray
from gated.numeric import Parameters, Shapes, linear_shapes
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["FedBackHead", "Head", "HeadConfig", "head_of", "head_shapes"]


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


class Head(ABC):
    """Predicts the symbol of a step from its features: arrays of NumPy, or tensors in training.

    Args:
        config: of the head.
        weights: of the library of the features.

    Attributes:
        skipped: values at the begin of an input that the head reads too, after the features.
        carried: numbers of the noise that goes on from a draw to the next one.
    """

    skipped: int = 0
    carried: int = 0

    def __init__(self, config: HeadConfig, weights: Parameters) -> None:
        self.config, self.weights = config, weights

    @staticmethod
    @abstractmethod
    def outputs(config: HeadConfig) -> int:
        """The number of values that the linear layer of a head gives."""

    @abstractmethod
    def nats(self, features: Array, targets: Array, allowed: Array | None) -> Array:
        """[B, T] −log p of the targets, in nats.

        Args:
            features: [B, T, H].
            targets: [B, T] int64 or [B, T, D] float32.
            allowed: [B, T, K] which symbols, or pens, can stand at each step; or None.
        """

    @abstractmethod
    def draw(
        self,
        features: NDArray[np.float32],
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> Any:
        """Draw the symbol of one step with the features [H]."""

    def draw_next(
        self,
        features: NDArray[np.float32],
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
    def predicted(self, features: Array, noise: Array) -> Array:
        """[B, T, D] the symbols of given standard normal noise [B, T, D]."""

    @abstractmethod
    def fed_back_nats(self, features: Array, targets: Array) -> Array:
        """[B, T] the loss of steps that read predictions, in nats; of tensors."""


def head_of(config: HeadConfig, weights: Parameters) -> Head:
    """Make the head of a description.

    Args:
        config: the description.
        weights: as `head_shapes` lists them, without the name of the head.
    """
    return _kind(config)(config, weights)


def head_shapes(config: HeadConfig, name: str, features: int) -> Shapes:
    """The name and the shape of every weight of a head, for so many features.

    >>> head_shapes(HeadConfig("categorical", 3), "head", 4)
    {'head.output.weight': (3, 4), 'head.output.bias': (3,)}
    """
    shapes = linear_shapes(f"{name}.output", features, _kind(config).outputs(config))
    return shapes | ({f"{name}.log_sigma": (config.size,)} if config.kind == "pose" else {})


def _kind(config: HeadConfig) -> type[Head]:
    from gated.tasks.generator.heads.categorical import CategoricalHead
    from gated.tasks.generator.heads.mixture import MixtureHead
    from gated.tasks.generator.heads.pose import PoseHead

    kinds = {"categorical": CategoricalHead, "mixture": MixtureHead, "pose": PoseHead}
    return kinds[config.kind]
