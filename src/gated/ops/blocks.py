"""Defines the block of layers from which the networks of forecasts and of sequences are stacked.

    s_t = recurrence(LN(x_t), s_{t−1})
    m_t = x_t + s_t
    y_t = m_t + W₂ · SiLU(W₁ · LN(m_t) + b₁) + b₂

`residual_block` is the one definition, for arrays of NumPy and tensors of torch;
`gated.nn.blocks.RecurrentBlock` learns with it.
"""

from collections.abc import Callable, Sequence

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, linear_shapes, norm_shapes
from gated.numeric.parameters import EPSILON
from gated.ops.arrays import KIND, gru_gates, gru_states
from gated.ops.cpu import extension
from gated.ops.cpu.block_stream import BlockStream

__all__ = [
    "array_block",
    "block_gates",
    "block_shapes",
    "read_block",
    "residual_block",
    "stream_of",
]

_WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def residual_block(
    weights: Parameters,
    inputs: Array,
    recur: Callable[[Array], Array],
    drop: Callable[[Array], Array] | None = None,
    last: int | None = None,
) -> Array:
    """Compute the features of the last steps, [B, D, H] from [B, T, H].

    Args:
        weights: of the block.
        inputs: the features of every step.
        recur: maps the normalised inputs to the states of the recurrence, both [B, T, H].
        drop: dropout of either branch in training.
        last: the number of steps D whose features are wanted; all by default.
    """
    states = recur(weights.layer_norm("recurrent_norm", inputs))
    mixed = inputs + (states if drop is None else drop(states))
    if last is not None:
        mixed = mixed[:, -last:]
    hidden = weights.linear("feed_forward.1", weights.layer_norm("feed_forward.0", mixed))
    hidden = weights.silu(hidden)
    fed = weights.linear("feed_forward.4", hidden if drop is None else drop(hidden))
    return mixed + fed


def array_block(weights: Parameters, inputs: Array, last: int | None = None) -> Array:
    """Compute a block over arrays of NumPy [B, T, H], from a state of zero.

    Args:
        weights: of the block.
        inputs: the features of every step.
        last: the number of last steps whose features are wanted; all by default.
    """

    def recur(x: Array) -> Array:
        return gru_states(_recurrent(weights), x)

    return residual_block(weights, inputs, recur, last=last)


def read_block(
    weights: Parameters, inputs: Array, state: Array | None = None
) -> tuple[Array, Array]:
    """Compute a block over arrays of NumPy [B, T, H], and its state after the last step.

    Args:
        weights: of the block.
        inputs: the features of every step, at least one.
        state: [1, B, H] before the first step, as `gated.nn.GRU` has it; zero by default.
    """
    last = state

    def recur(x: Array) -> Array:
        nonlocal last
        states = gru_states(_recurrent(weights), x, None if state is None else state[0])
        last = states[None, :, -1].copy()  # a view would keep all states
        return states

    return residual_block(weights, inputs, recur), last


def block_gates(weights: Parameters, inputs: Array) -> dict[str, Array]:
    """The gates of a block over arrays of NumPy: r, z, n and h of every step, [B, T, H]."""
    recurrent = _recurrent(weights)
    x = weights.layer_norm("recurrent_norm", inputs)
    return gru_gates(recurrent, x, gru_states(recurrent, x))


def stream_of(blocks: Sequence[Parameters], norm: Parameters) -> BlockStream | None:
    """Copy the weights of a stack of blocks for steps in C++; None where that is not available.

    Args:
        blocks: the weights of at least one block, all of the same size.
        norm: those of the layer norm after the last block.
    """
    if not extension.available():
        return None
    last = [norm["weight"], norm["bias"]]
    return BlockStream(KIND, [_stacked(block) for block in blocks], last, EPSILON)


def block_shapes(name: str, width: int) -> Shapes:
    """The name and the shape of every weight of a block.

    Args:
        name: of the block.
        width: features H.
    """
    recurrent = f"{name}.recurrent"
    return {
        **norm_shapes(f"{name}.recurrent_norm", width),
        f"{recurrent}.weight_ih_l0": (3 * width, width),
        f"{recurrent}.weight_hh_l0": (3 * width, width),
        f"{recurrent}.bias_ih_l0": (3 * width,),
        f"{recurrent}.bias_hh_l0": (3 * width,),
        **norm_shapes(f"{name}.feed_forward.0", width),
        **linear_shapes(f"{name}.feed_forward.1", width, 2 * width),
        **linear_shapes(f"{name}.feed_forward.4", 2 * width, width),
    }


def _recurrent(weights: Parameters) -> list[Array]:
    return [weights[f"recurrent.{name}"] for name in _WEIGHTS]


def _stacked(block: Parameters) -> list[Array]:
    """All weights of a block, in the order of `BlockStream`."""
    found = [block["recurrent_norm.weight"], block["recurrent_norm.bias"], *_recurrent(block)]
    for layer in ("feed_forward.0", "feed_forward.1", "feed_forward.4"):
        found += [block[f"{layer}.weight"], block[f"{layer}.bias"]]
    return found
