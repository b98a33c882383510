"""Runs the GRU over arrays of NumPy, for inference without torch.

The C++ kernels compute it where they are available, else the reference, whose equations are written
for arrays and tensors alike.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gated.ops.cpu import extension
from gated.ops.reference import gru
from gated.threads import thread_count

__all__ = ["KIND", "gru_gates", "gru_states"]

Floats = NDArray[np.float32]

KIND = "gru_after"
"""The name of the recurrence in the kernels' `KINDS`."""


def gru_states(weights: Sequence[Floats], x: Floats, h: Floats | None = None) -> Floats:
    """Compute the states of a layer after every step.

    Args:
        weights: weight_ih [3·H, I], weight_hh [3·H, H], bias_ih and bias_hh [3·H], contiguous.
        x: [B, T, I], T ≥ 1.
        h: [B, H] the state before the first step; zero by default.

    Returns:
        [B, T, H]; the last of them is the state after the last step.
    """
    batch, steps, _ = x.shape
    hidden = weights[1].shape[1]
    if h is None:
        h = np.zeros((batch, hidden), dtype=x.dtype)
    if not extension.available():
        output, _ = gru.sequence(x.swapaxes(0, 1), h, *_four(weights))
        return np.ascontiguousarray(output.swapaxes(0, 1))
    kernels = extension.module()
    output, last = np.empty((batch, steps, hidden), dtype=x.dtype), np.empty_like(h[None])
    kernels.forward(
        *(kernels.KINDS[KIND], 1, thread_count(), False),
        *((*weights, None), np.ascontiguousarray(x).swapaxes(0, 1), None),
        *(np.ascontiguousarray(h)[None], None, None),
        *(output.swapaxes(0, 1), last, None, None),
    )
    return output


def gru_gates(
    weights: Sequence[Floats], x: Floats, states: Floats, h: Floats | None = None
) -> dict[str, Floats]:
    """Compute the gates of every step from the states that `gru_states` returned.

    Args:
        weights, x, h: as passed to `gru_states`.
        states: [B, T, H] its result.

    Returns:
        r, z, n and h, each [B, T, H]; see `gated.ops.reference.gru`.
    """
    if h is None:
        h = np.zeros_like(states[:, 0])
    found = gru.trace(x.swapaxes(0, 1), h, *_four(weights), states.swapaxes(0, 1))
    return {name: gate.swapaxes(0, 1) for name, gate in found.items()}


def _four(weights: Sequence[Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    return weight_ih, weight_hh, bias_ih, bias_hh
