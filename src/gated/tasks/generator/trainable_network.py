"""Defines the network of a generator as a module of torch, which learns.

Its computation is that of `gated.tasks.generator.heads` and of
`gated.tasks.network.sequence_model`; this module holds the weights, their initial values and
dropout.
"""

from typing import Self, cast

import torch
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.numeric import Parameters
from gated.tasks.generator.heads import Head, HeadConfig, head_of, head_shapes
from gated.tasks.generator.network import GeneratorNetwork, read_by_head
from gated.tasks.generator.steps import StepBatch
from gated.tasks.network.sequence_model import ModelState, SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel, arrays_of_module, load_arrays_into

__all__ = ["HeadWeights", "TrainableGeneratorNetwork"]

_LOG_SIGMA = -0.5  # of a pose, at first


class TrainableGeneratorNetwork(nn.Module):
    """Reads the steps of pieces and predicts the symbol of each, with gradients.

    Args:
        config: sizes of the sequence model.
        head: what a step predicts.
    """

    def __init__(self, config: SequenceConfig, head: HeadConfig) -> None:
        super().__init__()
        self.model = TrainableModel(config)
        self.dropout = Dropout(config.dropout)
        self.head = HeadWeights(head, config.hidden_size)

    @classmethod
    def of(cls, network: GeneratorNetwork) -> Self:
        """A copy of a network, in evaluation mode; the random state of torch does not change."""
        with torch.random.fork_rng(devices=[]):  # the initial values are replaced
            made = cls(network.config, network.head.config)
        load_arrays_into(made, network.arrays)
        return made

    def scale_inputs(self, inputs: Tensor) -> None:
        """Draw the weights of the input layer so that its features have the variance 1.

        Inputs of few ones among many zeros would otherwise nearly vanish. A lookup has no zeros.

        Args:
            inputs: [N, I] of training steps.
        """
        if self.model.config.lookup:
            return
        mean_square = inputs.double().square().sum(-1).mean().clamp(min=1e-3)
        weight = cast("Tensor", self.model.embed.weight)
        nn.init.normal_(weight, std=float(mean_square.rsqrt()))

    def nats(self, batch: StepBatch, state: ModelState | None = None) -> tuple[Tensor, ModelState]:
        """[B, T] −log p of each symbol, 0 after the end; and the state after the last step."""
        features, after = self.features(batch.inputs, state)
        nats: Tensor = self.head.now().nats(features, batch.targets, batch.allowed)
        return nats * batch.mask, after

    def features(
        self, inputs: Tensor, state: ModelState | None = None
    ) -> tuple[Tensor, ModelState]:
        """[B, T, H + S] what the head reads of inputs [B, T, I]; and the state after the last."""
        features, after = self.model(inputs, state)
        found: Tensor = read_by_head(self.dropout(features), inputs, self.head.now().skipped)
        return found, after

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return self.model.initial_state(batch)

    def frozen(self) -> GeneratorNetwork:
        """The network with a copy of its present weights, on NumPy."""
        return GeneratorNetwork(self.model.config, self.head.config, arrays_of_module(self))


class HeadWeights(nn.Module):
    """The weights of a head.

    Args:
        config: of the head.
        features: H.

    >>> head = HeadWeights(HeadConfig("categorical", 3), 4).now()
    >>> head.nats(torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long), None).shape
    torch.Size([2, 5])
    """

    def __init__(self, config: HeadConfig, features: int) -> None:
        super().__init__()
        self.config = config
        outputs, read = head_shapes(config, "", features)[".output.weight"]
        self.output = nn.Linear(read, outputs)
        if config.kind == "pose":
            self.log_sigma = nn.Parameter(torch.full((config.size,), _LOG_SIGMA))

    def now(self) -> Head:
        """The head with the present weights."""
        return head_of(self.config, Parameters(dict(self.named_parameters())))
