"""Provides recurrent layers and cells with the interface of torch.nn, and tools for them.

`RNN`, `LSTM` and `GRU` run over sequences; `RNNCell`, `LSTMCell` and `GRUCell` compute one step;
`MinGRU` and `MinLSTM` compute all steps at once. `truncated_bptt` runs a layer over a long sequence
in parts. `replace` puts these layers into a model of torch.nn, `to_torch` takes them out again;
`convert` converts weights from and to the conventions of other systems; `init` prepares
layers for long sequences.
"""

from gated.libraries import require_torch

require_torch("gated.nn")

# ruff: noqa: E402 - the modules below import torch
from gated.nn import convert, init
from gated.nn.cells import GRUCell, LSTMCell, RNNCell
from gated.nn.exchange import replace, to_torch
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
    "init",
    "replace",
    "to_torch",
    "truncated_bptt",
]
