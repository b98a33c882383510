"""Defines the network of a transcriber: a sequence model, and a linear layer to the symbols.

    f_t                      features of a step (`SequenceModel`)              [B, T, H]
    p_t = softmax(W f_t + b) the blank (0) and the symbols (1 … K) at a step   [B, T, K + 1]

Each step depends on the past only. The blank means that no symbol is written at a step
(connectionist temporal classification, Graves et al. 2006).
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.sequence_model import ModelState, SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel

__all__ = ["BLANK", "SymbolNetwork"]

BLANK = 0
_BLANKS = 25  # for each symbol, at the beginning of the training
_STEPS_AT_ONCE = 8_192  # of a long sequence, so that its features need little memory


class SymbolNetwork(nn.Module):
    """Reads sequences and returns the log-probabilities of the blank and of K symbols.

    Args:
        config: sizes of the sequence model.
        symbols: number of symbols K.

    Shape:
        input: a batch of values [B, T, I]; output [B, T, K + 1], each step sums to 1 after exp.
    """

    def __init__(self, config: SequenceConfig, symbols: int) -> None:
        super().__init__()
        self.model = TrainableModel(config)
        self.output = nn.Linear(config.hidden_size, symbols + 1)
        with torch.no_grad():  # otherwise the first hundreds of steps learn only this
            self.output.bias[BLANK] += math.log(_BLANKS * symbols)

    def forward(self, batch: PaddedBatch) -> Tensor:
        """[B, T, K + 1] the log-probabilities of each step."""
        return self.advance(batch.values, self.initial_state(len(batch.values)))[0]

    def advance(self, x: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """Read the next steps [B, T, I]: their log-probabilities, and the next state."""
        features, after = self.model(x, state)
        return self.output(features).log_softmax(-1), after

    def log_probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """[T, K + 1] of the features [T, H] of one sequence: the fast form, for streams."""
        weight, bias = (part.detach().numpy() for part in (self.output.weight, self.output.bias))
        logits: NDArray[np.float32] = features @ weight.T + bias
        logits -= logits.max(1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(1, keepdims=True))
        return logits

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return self.model.initial_state(batch)

    def predict(self, sequences: Sequences) -> list[NDArray[np.float32]]:
        """[T, K + 1] the log-probabilities of each sequence, without gradients."""
        self.eval()
        found = [np.zeros((0, self.output.out_features), np.float32)] * len(sequences)
        with torch.inference_mode():
            for indices in sequences.batches():
                batch = sequences.padded(indices)
                state = self.initial_state(len(indices))
                parts = []
                for values in torch.split(torch.from_numpy(batch.values), _STEPS_AT_ONCE, dim=1):
                    part, state = self.advance(values, state)
                    parts.append(part)
                whole = torch.cat(parts, 1).numpy()
                for row, index in enumerate(indices):
                    found[index] = whole[row, : sequences.lengths[index]]
        return found
