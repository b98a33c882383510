"""Defines the network of a conversation: turns, a recurrence over them, and replies.

    e(d)  = norm(Σ_j E[w_j] ⊙ P[j] + Σ_g G[g])    a turn: its words, and its n-grams of characters
    u_t   = residual GRU blocks over e(d_1) … e(d_t), then a norm
    v_r   = W norm(Σ_j E[w_j] ⊙ P[j] + Σ_g G[g])  a reply
    score = u_t · v_r / √H

The state of the recurrence is all that the network keeps of a dialogue. n-grams make vectors of
words that were not learned.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout
from gated.tasks.network.sequence_model import ModelState
from gated.tasks.network.trainable_encoder import TrainableEncoder
from gated.tasks.words import PADDING

__all__ = ["ConversationConfig", "ConversationNetwork", "Turns"]


@dataclass(frozen=True)
class ConversationConfig:
    """The sizes of a network.

    Attributes:
        words: numbers of words, with `PADDING` and `UNKNOWN`.
        grams: rows of the table of n-grams.
        hidden_size: H.
        num_layers: of the recurrence.
        dropout: in training.
    """

    words: int
    grams: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Turns:
    """N texts as numbers.

    Attributes:
        words: [N, W] int64, `PADDING` behind the end.
        grams: [N, G] int64, rows of the table of n-grams; `PADDING` behind the end.
    """

    words: Tensor
    grams: Tensor

    def rows(self, index: Tensor) -> "Turns":
        """Some of the texts, without columns of padding."""
        words, grams = self.words[index], self.grams[index]
        widths = [max(int((part != PADDING).sum(1).max()), 1) for part in (words, grams)]
        return Turns(words[:, : widths[0]], grams[:, : widths[1]])


class ConversationNetwork(nn.Module):
    """Scores replies to the turns so far.

    Args:
        config: the sizes.
    """

    def __init__(self, config: ConversationConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.words = TrainableEncoder(config.words, size)
        self.grams = nn.EmbeddingBag(config.grams, size, mode="sum", padding_idx=PADDING)
        self.norm = nn.LayerNorm(size)
        self.dropout = Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            RecurrentBlock(size, config.dropout) for _ in range(config.num_layers)
        )
        self.out = nn.LayerNorm(size)
        self.reply = nn.Linear(size, size)
        with torch.no_grad():
            self.grams.weight.mul_(0.1)

    def turns(self, turns: Turns) -> Tensor:
        """[N, H] e of each turn."""
        summed = self.words(turns.words) + self.grams(turns.grams)
        return self.dropout(self.norm(summed))  # type: ignore[no-any-return]

    def read(self, turns: Tensor, state: ModelState | None = None) -> tuple[Tensor, ModelState]:
        """Read encoded turns [B, T, H] that follow those of `state`: u [B, T, H], and the state."""
        state = self.initial_state(len(turns)) if state is None else state
        after = {}
        for index, block in enumerate(self.blocks):
            turns, after[f"h{index}"] = block(turns, state[f"h{index}"])
        return self.out(turns), after

    def replies(self, turns: Turns) -> Tensor:
        """[N, H] v of each reply."""
        return self.reply(self.turns(turns))  # type: ignore[no-any-return]

    def scores(self, u: Tensor, v: Tensor) -> Tensor:
        """[…, N] of N replies [N, H] after the turns of u […, H]."""
        scores: Tensor = u @ v.T / self.config.hidden_size**0.5
        return scores

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first turn of `batch` dialogues."""
        zeros = self.out.weight.new_zeros
        size = self.config.hidden_size
        return {f"h{index}": zeros(1, batch, size) for index in range(len(self.blocks))}
