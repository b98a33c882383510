"""Defines the block of layers from which the networks of forecasts and of sequences are stacked.

    s_t = recurrence(LN(x_t), s_{t−1})
    m_t = x_t + s_t
    y_t = m_t + W₂ · SiLU(W₁ · LN(m_t) + b₁) + b₂

`residual_block` is the one definition, for arrays of NumPy and tensors of torch;
`gated.nn.blocks.RecurrentBlock` learns with it.
"""

from collections.abc import Callable

from gated.arrays import Array
from gated.numeric import Parameters, primitives
from gated.ops.arrays import gru_gates, gru_states

__all__ = ["array_block", "block_gates", "residual_block"]

_WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def residual_block(
    weights: Parameters,
    inputs: Array,
    recur: Callable[[Array], Array],
    drop: Callable[[Array], Array] | None = None,
) -> Array:
    """Compute the features of every step, [B, T, H] from [B, T, H].

    Args:
        weights: of the block.
        inputs: the features of every step.
        recur: maps the normalised inputs to the states of the recurrence, both [B, T, H].
        drop: dropout of either branch in training.
    """
    states = recur(weights.layer_norm("recurrent_norm", inputs))
    mixed = inputs + (states if drop is None else drop(states))
    hidden = weights.linear("feed_forward.1", weights.layer_norm("feed_forward.0", mixed))
    hidden = primitives(hidden).silu(hidden)
    fed = weights.linear("feed_forward.4", hidden if drop is None else drop(hidden))
    return mixed + fed


def array_block(weights: Parameters, inputs: Array) -> Array:
    """Compute a block over arrays of NumPy [B, T, H], from a state of zero."""
    recurrent = [weights[f"recurrent.{name}"] for name in _WEIGHTS]
    return residual_block(weights, inputs, lambda x: gru_states(recurrent, x))


def block_gates(weights: Parameters, inputs: Array) -> dict[str, Array]:
    """The gates of a block over arrays of NumPy: r, z, n and h of every step, [B, T, H]."""
    recurrent = [weights[f"recurrent.{name}"] for name in _WEIGHTS]
    x = weights.layer_norm("recurrent_norm", inputs)
    return gru_gates(recurrent, x, gru_states(recurrent, x))
