"""The recurrences as functions, and the choice of what computes them.

`rnn_sequence`, `lstm_sequence` and `gru_sequence` run one layer in one direction over time-first
tensors `[T, B, I]`; `rnn_step`, `lstm_step` and `gru_step` take a single step. `use_backend`
chooses what computes them, `BACKENDS` lists what there is. The equations, as plain torch code,
are in `gated.ops.rnn.reference`, `gated.ops.lstm.reference` and `gated.ops.gru.reference`.
"""

from gated.ops.dispatch import BACKENDS, use_backend
from gated.ops.functional import (
    gru_sequence,
    gru_step,
    lstm_sequence,
    lstm_step,
    rnn_sequence,
    rnn_step,
)

__all__ = [
    "BACKENDS",
    "gru_sequence",
    "gru_step",
    "lstm_sequence",
    "lstm_step",
    "rnn_sequence",
    "rnn_step",
    "use_backend",
]
