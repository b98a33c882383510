"""Defines the network of all estimators for sequences: an input layer and recurrent blocks.

    x_t      values of a step, standardised; or indices          [B, T, I]
    e_t      W x_t + b; of indices, rows of a table, mixed       [B, T, H]
    f_t      residual GRU blocks (`gated.nn.blocks`)             [B, T, H]

A head makes an answer of the features f_t. Each step depends on the steps before it only, so that a
sequence can be read in parts: the state after one part is the state before the next.
"""

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock
from gated.tasks.network.lookup import Lookup
from gated.tasks.network.scaling import InputScaler

__all__ = ["ModelState", "SequenceConfig", "SequenceModel"]

ModelState: TypeAlias = dict[str, Tensor]
"""Tensors by name, each with the batch as one axis; see `gated.tasks.network.state.State`."""


@dataclass(frozen=True)
class SequenceConfig:
    """The sizes of a network.

    Attributes:
        inputs: values I of a step.
        hidden_size: features H.
        num_layers: number of recurrent blocks.
        dropout: in training, of the features between layers.
        is_centred: whether the running mean is subtracted from each input.
        lookup: rows of the table in which the inputs are looked up; 0 where they are values.
        cepstra: cepstral coefficients of the inputs that the network reads; 0 for the inputs.
    """

    inputs: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0
    is_centred: bool = False
    lookup: int = 0
    cepstra: int = 0

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


class SequenceModel(nn.Module):
    """Reads a sequence step by step: features of each step, and a state.

    Args:
        config: the sizes.

    Shape:
        input [B, T, I] float32, or int64 of a lookup; output [B, T, H]; each tensor of the state
        has B in its shape.

    Example:
        >>> import torch
        >>> model = SequenceModel(SequenceConfig(3, 8, 2)).eval()
        >>> x = torch.randn(5, 7, 3)
        >>> whole, _ = model(x)
        >>> first, state = model(x[:, :4])
        >>> second, _ = model(x[:, 4:], state)
        >>> torch.allclose(torch.cat([first, second], 1), whole, atol=1e-5)
        True
    """

    def __init__(self, config: SequenceConfig) -> None:
        super().__init__()
        self.config = config
        self.scaler = InputScaler(config.inputs, config.is_centred, config.cepstra)
        self.embed = (
            Lookup(config.lookup, config.inputs, config.hidden_size)
            if config.lookup
            else nn.Linear(self.scaler.width, config.hidden_size)
        )
        self.blocks = nn.ModuleList(
            RecurrentBlock(config.hidden_size, config.dropout) for _ in range(config.num_layers)
        )
        self.norm = nn.LayerNorm(config.hidden_size)

    def forward(self, x: Tensor, state: ModelState | None = None) -> tuple[Tensor, ModelState]:
        """Read steps that follow the ones of `state`; a new sequence where it is None."""
        state = self.initial_state(len(x)) if state is None else state
        embedded, kept = self.embedded(x, state)
        features, after = self.from_embedded(embedded, state)
        return features, {**kept, **after}

    def embedded(self, x: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """[B, T, H] what the input layer gives the first block, and what the scaler keeps."""
        scaled, kept = (x, {}) if self.config.lookup else self.scaler(x, state)
        return self.embed(scaled), kept

    def from_embedded(self, embedded: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """[B, T, H] the features after the blocks and their norm, and what the blocks keep."""
        features, after = embedded, {}
        for index, block in enumerate(self.blocks):
            name = f"h{index}"
            features, after[name] = block(features, state[name])
        return self.norm(features), after

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step of `batch` sequences."""
        zeros = self.norm.weight.new_zeros
        hidden = {
            f"h{index}": zeros(1, batch, self.config.hidden_size)
            for index in range(len(self.blocks))
        }
        return {**self.scaler.initial_state(batch), **hidden}
