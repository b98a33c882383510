"""Defines the network of a generator: a sequence model and a head that predicts the next symbol."""

from typing import cast

import torch
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.tasks.generator.heads import HeadConfig, head_of
from gated.tasks.generator.steps import StepBatch
from gated.tasks.network.sequence_model import ModelState, SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel

__all__ = ["GeneratorNetwork"]


class GeneratorNetwork(nn.Module):
    """Reads the steps of pieces and predicts the symbol of each.

    Args:
        config: sizes of the sequence model.
        head: what a step predicts.
    """

    def __init__(self, config: SequenceConfig, head: HeadConfig) -> None:
        super().__init__()
        self.model = TrainableModel(config)
        self.dropout = Dropout(config.dropout)
        self.head = head_of(head, config.hidden_size)

    def scale_inputs(self, inputs: Tensor) -> None:
        """Draw the weights of the input layer so that its features have the variance 1.

        Inputs of few ones among many zeros would otherwise nearly vanish. A lookup has no zeros.

        Args:
            inputs: [N, I] of training steps.
        """
        if self.model.config.lookup:
            return
        mean_square = inputs.double().square().sum(-1).mean().clamp(min=1e-3)
        nn.init.normal_(cast("Tensor", self.model.embed.weight), std=float(mean_square.rsqrt()))

    def nats(self, batch: StepBatch, state: ModelState | None = None) -> tuple[Tensor, ModelState]:
        """[B, T] −log p of each symbol, 0 after the end; and the state after the last step."""
        features, after = self.features(batch.inputs, state)
        nats = self.head.nats(features, batch.targets, batch.allowed)
        return nats * batch.mask, after

    def features(
        self, inputs: Tensor, state: ModelState | None = None
    ) -> tuple[Tensor, ModelState]:
        """[B, T, H + S] what the head reads of inputs [B, T, I]; and the state after the last."""
        features, after = self.model(inputs, state)
        features = self.dropout(features)
        if self.head.skipped:
            features = torch.cat([features, inputs[..., : self.head.skipped]], -1)
        return features, after

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return self.model.initial_state(batch)
