"""Defines the network of a generator: a sequence model and a head that predicts the next symbol.

`GeneratorNetwork` computes with fixed weights, on NumPy; `TrainableGeneratorNetwork` learns.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, namespace
from gated.tasks.generator.heads import HeadConfig, head_of, head_shapes
from gated.tasks.generator.steps import StepBatch
from gated.tasks.network.sequence_model import (
    CONSTANTS,
    ModelState,
    SequenceConfig,
    SequenceModel,
    model_shapes,
)

__all__ = ["GeneratorNetwork", "generator_shapes", "read_by_head"]

_MODEL, _HEAD = "model", "head"


class GeneratorNetwork:
    """Reads the steps of pieces and predicts the symbol of each.

    Args:
        config: sizes of the sequence model.
        head: what a step predicts.
        arrays: by name, as `generator_shapes` lists them.
    """

    def __init__(
        self, config: SequenceConfig, head: HeadConfig, arrays: Mapping[str, NDArray[np.float32]]
    ) -> None:
        self.config, self.arrays = config, dict(arrays)
        weights = Parameters(self.arrays)
        self.model = SequenceModel(config, weights.part(_MODEL))
        self.head = head_of(head, weights.part(_HEAD))

    @property
    def weight_count(self) -> int:
        """The number of weights that the training changed."""
        constants = {f"{_MODEL}.{name}" for name in CONSTANTS}
        return sum(each.size for name, each in self.arrays.items() if name not in constants)

    def nats(
        self, batch: StepBatch, state: ModelState | None = None
    ) -> tuple[NDArray[np.float32], ModelState]:
        """[B, T] −log p of each symbol, 0 after the end; and the state after the last step."""
        features, after = self.model(batch.inputs, state)
        features = read_by_head(features, batch.inputs, self.head.skipped)
        nats = self.head.nats(features, batch.targets, batch.allowed)
        return np.where(batch.mask, nats, np.float32(0)), after

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return self.model.initial_state(batch)


def read_by_head(features: Array, inputs: Array, skipped: int) -> Array:
    """[B, T, H + S] what a head reads of the features and of the inputs [B, T, I].

    Args:
        features: [B, T, H] of the steps.
        inputs: of the steps.
        skipped: the number S of values at the begin of an input that the head reads.
    """
    if not skipped:
        return features
    return namespace(features).concat([features, inputs[..., :skipped]], axis=-1)


def generator_shapes(config: SequenceConfig, head: HeadConfig) -> Shapes:
    """The name and the shape of every array of a network, as the trainable one has them.

    >>> config = SequenceConfig(3, 8, 1)
    >>> generator_shapes(config, HeadConfig("categorical", 5))["head.output.weight"]
    (5, 8)
    """
    shapes = model_shapes(config, _MODEL)
    return shapes | head_shapes(head, _HEAD, config.hidden_size)
