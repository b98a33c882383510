"""Sums up the gates of a layer over sequences; see `gated.insight.memory`."""

import torch
from torch import Tensor, nn

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.insight.memory import UnitMemory, summed
from gated.insight.torch_layers import as_gated

__all__ = ["unit_memory"]


def unit_memory(layer: nn.Module, input: Tensor, hx: object = None) -> dict[str, UnitMemory]:
    """Sum up the gates of every layer and direction over one or many sequences.

    Args:
        layer: an RNN, LSTM or GRU of `gated.nn` or `torch.nn`.
        input: as in a call of the layer, no packed sequence.
        hx: the initial state, as in a call.

    Returns:
        By the suffixes of the parameters' names: "l0", "l0_reverse", "l1" …

    Raises:
        UsageError: the module is no recurrent layer.
        DataError: a gate is not finite.

    Example:
        >>> from gated.nn import GRU
        >>> layer = GRU(3, 4)
        >>> with torch.no_grad():
        ...     layer.weight_hh_l0[4:8], layer.weight_ih_l0[4:8] = 0, 0
        ...     layer.bias_ih_l0[4:8], layer.bias_hh_l0[4:8] = 0, torch.tensor(0.9).logit()
        >>> unit_memory(layer, torch.randn(100, 2, 3))["l0"].half_life.round(1)  # log ½ / log 0.9
        array([6.6, 6.6, 6.6, 6.6])
    """
    own = as_gated(layer)
    with torch.no_grad():
        found = own.gates(input, hx)
    kind = own.recurrence.kind
    return {
        suffix: summed(kind, {name: _rows(values) for name, values in gates.items()})
        for suffix, gates in found.items()
    }


def _rows(values: object) -> FloatArray:
    """[N, H] float64 the values of all steps and sequences."""
    if not isinstance(values, Tensor):
        raise UsageError("The input is packed. Expected a tensor.")
    found: FloatArray = values.flatten(0, -2).double().numpy()
    return found
