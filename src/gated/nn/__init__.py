"""Recurrent layers and cells, drop-in for torch.nn's, and what is built of them.

`RNN`, `LSTM`, `GRU` run over sequences, `RNNCell`, `LSTMCell`, `GRUCell` take one step; `MinGRU`
and `MinLSTM` compute all steps at once. `truncated_bptt` walks a long sequence in parts, `convert`
moves weights from and to other systems' conventions.
"""

from gated.nn import convert
from gated.nn.cells import GRUCell, LSTMCell, RNNCell
from gated.nn.layers import GRU, LSTM, RNN
from gated.nn.minimal import MinGRU, MinLSTM
from gated.nn.recurrent.truncated import truncated_bptt

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "GRUCell",
    "LSTMCell",
    "MinGRU",
    "MinLSTM",
    "RNNCell",
    "convert",
    "truncated_bptt",
]
