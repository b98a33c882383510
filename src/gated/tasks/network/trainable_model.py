"""Defines the network of all estimators for sequences as a module of torch, which learns.

Its computation is that of `gated.tasks.network.sequence_model`; this module holds the weights,
their initial values and dropout.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock
from gated.numeric import Parameters
from gated.tasks.network.lookup import ROW
from gated.tasks.network.scaling import unit_of
from gated.tasks.network.sequence_model import (
    ModelState,
    SequenceConfig,
    SequenceModel,
    embedded,
    from_embedded,
    initial_state,
)

__all__ = ["TrainableModel", "arrays_of_module", "load_arrays_into", "tensors_of"]


class TrainableModel(nn.Module):
    """Reads a sequence step by step: features of each step, and a state; with gradients.

    Args:
        config: the sizes.

    Shape:
        input [B, T, I] float32, or int64 of a lookup; output [B, T, H]; each tensor of the state
        has B in its shape.

    >>> model = TrainableModel(SequenceConfig(3, 8, 2)).eval()
    >>> features, state = model(torch.zeros(5, 7, 3))
    >>> features.shape, sorted(state)
    (torch.Size([5, 7, 8]), ['h0', 'h1'])
    """

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.scaler = _Scaler(config.width)
        self.embed = (
            _Lookup(config.lookup, config.inputs, size)
            if config.lookup
            else nn.Linear(config.width, size)
        )
        self.blocks = nn.ModuleList(
            RecurrentBlock(size, config.dropout) for _ in range(config.num_layers)
        )
        self.norm = nn.LayerNorm(size)

    def forward(self, x: Tensor, state: ModelState | None = None) -> tuple[Tensor, ModelState]:
        """Read steps that follow the ones of `state`; a new sequence where it is None."""
        state = self.initial_state(len(x)) if state is None else state
        features, kept = self.embedded(x, state)
        features, after = self.from_embedded(features, state)
        return features, {**kept, **after}

    def embedded(self, x: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """[B, T, H] what the input layer gives the first block, and what the scaling keeps."""
        return embedded(self.config, self._own(self.scaler, self.embed), x, state)

    def from_embedded(self, features: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """[B, T, H] the features after the blocks and their norm, and what the blocks keep."""

        def run_block(index: int, inputs: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
            return self.blocks[index](inputs, before)  # type: ignore[no-any-return]

        return from_embedded(self.config, self._own(self.norm), features, state, run_block)

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step of `batch` sequences."""
        return tensors_of(initial_state(self.config, batch))

    def frozen(self) -> SequenceModel:
        """The network with a copy of its present weights, on NumPy."""
        return SequenceModel(self.config, Parameters(arrays_of_module(self)))

    def _own(self, *parts: nn.Module) -> Parameters:
        """The arrays of some of the layers, by their names in this module."""
        names = {part: name for name, part in self.named_children()}
        found: dict[str, Tensor] = {}
        for part in parts:
            found |= dict(part.named_parameters(names[part]))
            found |= dict(part.named_buffers(names[part]))
        return Parameters(found)


class _Scaler(nn.Module):
    """Mean and standard deviation of each channel; see `gated.tasks.network.scaling`.

    Args:
        width: number of channels.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))

    def fit(self, mean: NDArray[np.float32], spread: NDArray[np.float32]) -> None:
        """Set mean and standard deviation; a constant channel keeps its unit."""
        self.mean.copy_(torch.from_numpy(mean))
        self.spread.copy_(torch.from_numpy(unit_of(spread)))


class _Lookup(nn.Module):
    """The weights of `gated.tasks.network.lookup`.

    Args:
        rows: of the table.
        inputs: indices F of a step.
        hidden_size: features H.
    """

    def __init__(self, rows: int, inputs: int, hidden_size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(rows, ROW)  # values of variance 1
        self.mix = nn.Linear(inputs * ROW, hidden_size)
        nn.init.normal_(self.mix.weight, std=(inputs * ROW) ** -0.5)  # features of variance 1
        nn.init.zeros_(self.mix.bias)


def arrays_of_module(module: nn.Module) -> dict[str, NDArray[np.float32]]:
    """Copies of all weights and buffers of a module, as arrays by name."""
    return {
        name: value.detach().float().cpu().numpy().copy()
        for name, value in module.state_dict().items()
    }


def load_arrays_into(module: nn.Module, arrays: Mapping[str, NDArray[np.float32]]) -> None:
    """Undo `arrays_of_module`, in evaluation mode."""
    module.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    module.eval()


def tensors_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Tensor]:
    """Tensors by name, which share the memory of arrays."""
    return {name: torch.from_numpy(value) for name, value in arrays.items()}
