"""Recurrent layers and cells, drop-in for torch.nn's, and what is built of them.

`RNN`, `LSTM`, `GRU` run over sequences, `RNNCell`, `LSTMCell`, `GRUCell` take one step,
`convert` moves weights from and to other systems' conventions.
"""

from gated.nn import convert
from gated.nn.cells import GRUCell, LSTMCell, RNNCell
from gated.nn.layers import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell", "convert"]
