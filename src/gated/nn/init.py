"""Initialises recurrent layers for long sequences, in place.

The layers start as those of torch.nn. These functions change that where a sequence is long:
`chrono` sets how long the units remember at first, `orthogonal` keeps the norm of a state,
`one_hot` lets the gates of a new layer differ between symbols.
"""

from typing import TypeVar

import torch
from torch import Tensor, nn

from gated.errors import UsageError
from gated.nn.recurrent.base import Recurrent

__all__ = ["chrono", "one_hot", "orthogonal"]

Layer = TypeVar("Layer", bound=nn.Module)

_GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def chrono(
    layer: Layer,
    longest: int,
    *,
    share: float = 1.0,
    generator: torch.Generator | None = None,
) -> Layer:
    """Let the units of a GRU or LSTM remember for 1 to `longest` steps at first.

    The bias of the update gate (of the forget gate, and with the opposite sign of the input gate)
    becomes log(u) with u drawn evenly from 1 to longest − 1: with no input, a unit keeps the share
    u / (1 + u) at each step, and so remembers for about 1 + u steps.

    Args:
        layer: of `gated.nn` or `torch.nn`, with biases; all its layers and directions.
        longest: the longest dependency in steps, at least 3.
        share: of the units, the last ones of each layer; the others keep their biases.
        generator: of the random numbers; None for torch's own.

    Returns:
        The layer itself.

    Raises:
        UsageError: the layer has no gates or no biases, `longest` is below 3, or `share` is not
            above 0 and at most 1.

    Source: Tallec & Ollivier 2018, "Can recurrent neural networks warp time?", arXiv 1804.11188.

    >>> from gated.nn import GRU
    >>> layer = chrono(GRU(3, 4), 100)
    >>> z = layer.bias_ih_l0[4:8]
    >>> bool((z >= 0).all() and (z <= 4.6).all())
    True
    """
    kind = _kind(layer)
    if kind == "RNN":
        raise UsageError("An RNN has no gates that could remember. Expected a GRU or an LSTM.")
    if not layer.bias:
        raise UsageError("The layer has bias=False. Expected one with biases.")
    if isinstance(longest, bool) or not isinstance(longest, int) or longest < 3:
        raise UsageError(f"longest is {longest!r}. Expected a whole number of at least 3.")
    is_number = isinstance(share, (int, float)) and not isinstance(share, bool)
    if not (is_number and 0 < share <= 1):
        raise UsageError(f"share is {share!r}. Expected a number above 0, at most 1.")
    with torch.no_grad():
        for name, bias in layer.named_parameters():
            if not name.startswith("bias_"):
                continue
            units = len(bias) // _GATES[kind]
            size = max(round(share * units), 1)
            # r, z, n of a GRU; i, f, g, o of an LSTM
            parts = [part[units - size :] for part in bias.detach().chunk(_GATES[kind])]
            keep = parts[1]
            if name.startswith("bias_hh"):
                keep.zero_()
                if kind == "LSTM":
                    parts[0].zero_()
                continue
            drawn = torch.empty(size, dtype=torch.float64)
            drawn.uniform_(1, longest - 1, generator=generator)
            keep.copy_(drawn.log())
            if kind == "LSTM":
                parts[0].copy_(-drawn.log())
    return layer


def orthogonal(layer: Layer, *, generator: torch.Generator | None = None) -> Layer:
    """Make the recurrent weights of each gate orthogonal.

    The product with an orthogonal matrix keeps the norm of a state, so that the gradient of a plain
    RNN neither vanishes nor explodes at first (but for its tanh).

    Args:
        layer: an RNN, LSTM or GRU of `gated.nn` or `torch.nn`, without projection.
        generator: of the random numbers; None for torch's own.

    Returns:
        The layer itself.

    Raises:
        UsageError: the module is no such layer.

    Source: Saxe et al. 2014, arXiv 1312.6120; Le et al. 2015, arXiv 1504.00941.

    >>> from gated.nn import RNN
    >>> weight = orthogonal(RNN(3, 4)).weight_hh_l0
    >>> bool((weight @ weight.T - torch.eye(4)).abs().max() < 1e-5)
    True
    """
    kind = _kind(layer)
    if getattr(layer, "proj_size", 0):
        raise UsageError(
            "The layer has a projection, so that its recurrent weights are not square."
        )
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            if name.startswith("weight_hh"):
                for gate in weight.detach().chunk(_GATES[kind]):
                    gate.copy_(_orthogonal(len(gate), generator))
    return layer


def one_hot(layer: Layer, std: float = 1.0, *, generator: torch.Generator | None = None) -> Layer:
    """Draw the input weights of the first layer for inputs of which one is 1 and all others are 0.

    Such an input reads one column of the weights, so that the part of the input in a gate has the
    size of one weight. As torch draws them, even in ±1/√H, gates hardly differ between symbols.

    Args:
        layer: an RNN, LSTM or GRU of `gated.nn` or `torch.nn`.
        std: standard deviation of the weights.
        generator: of the random numbers; None for torch's own.

    Returns:
        The layer itself.

    Raises:
        UsageError: the module is no such layer, or `std` is not above 0.

    >>> from gated.nn import GRU
    >>> bool(one_hot(GRU(10, 100)).weight_ih_l0.std() > 0.9)
    True
    """
    _kind(layer)
    if isinstance(std, bool) or not isinstance(std, (int, float)) or not std > 0:
        raise UsageError(f"std is {std!r}. Expected a number above 0.")
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            if name in ("weight_ih_l0", "weight_ih_l0_reverse"):
                weight.normal_(std=std, generator=generator)
    return layer


def _orthogonal(size: int, generator: torch.Generator | None) -> Tensor:
    return nn.init.orthogonal_(torch.empty(size, size), generator=generator)


def _kind(layer: nn.Module) -> str:
    """ "RNN", "LSTM" or "GRU"."""
    kind = ""
    if isinstance(layer, Recurrent):
        kind = layer.recurrence.kind.upper()
    elif isinstance(layer, nn.RNNBase):
        kind = layer.mode.partition("_")[0]
    if kind not in _GATES:
        raise UsageError(
            f"The layer is {type(layer).__name__}. Expected an RNN, LSTM or GRU of gated.nn or "
            "torch.nn."
        )
    return kind
