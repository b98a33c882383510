"""Standardises the inputs of a network, step by step where the level of a sequence varies.

The mean of each channel is subtracted, and the difference divided by the standard deviation. Where
the inputs are centred, the mean is the running mean of the sequence up to the step, which begins at
the mean of the training sequences: the level of a microphone or of a voice disappears, and a stream
has the same values as the whole sequence.

The bands of sound may first become cepstral coefficients (Davis & Mermelstein 1980):

    c_k = Σ_i √(2/I) cos(π k (i + ½) / I) x_i        k = 0 … K − 1, DCT-II of the log energies x

The first ones describe the shape of the spectrum, which words differ in. Neighbouring bands are
correlated, coefficients hardly: each gets the same variance, also those of small energy.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, namespace, primitives

__all__ = ["PRIOR_STEPS", "channels", "cosines", "initial_sums", "mean_step", "scaled", "unit_of"]

PRIOR_STEPS = 20.0  # weight of the training mean within the running mean, in steps
_SMALLEST = 1e-6


def channels(x: Array, cepstra: int) -> Array:
    """[…, width] what is standardised: the inputs […, I], or their cepstral coefficients.

    Args:
        x: the inputs.
        cepstra: number of coefficients K; 0 for the inputs themselves.
    """
    return x @ primitives(x).like(cosines(x.shape[-1], cepstra), x) if cepstra else x


def scaled(
    weights: Parameters, x: Array, state: dict[str, Array], *, is_centred: bool, cepstra: int
) -> tuple[Array, dict[str, Array]]:
    """Standardise steps [B, T, I]: [B, T, width], and what is kept after them.

    Args:
        weights: mean and spread, [width].
        x: the steps that follow those of `state`.
        state: as of `initial_sums`; other arrays in it are not read.
        is_centred: whether the running mean is subtracted.
        cepstra: see `channels`.
    """
    x, mean, spread = channels(x, cepstra), weights["mean"], weights["spread"]
    if not is_centred:
        return (x - mean) / spread, {}
    deviations = x - mean
    sums = state["sums"][:, None] + namespace(x).cumulative_sum(deviations, axis=1)
    read = np.arange(1, x.shape[1] + 1, dtype=np.float32)[:, None]
    steps = state["steps"][:, None] + primitives(x).like(read, x)  # [B, T, 1]
    result = (deviations - sums / (steps + PRIOR_STEPS)) / spread
    # copies: views would keep all steps
    return result, {"sums": sums[:, -1] + 0.0, "steps": steps[:, -1] + 0.0}


def initial_sums(batch: int, width: int) -> dict[str, NDArray[np.float32]]:
    """Sums [B, width] of deviations from the mean, and steps [B, 1], before the first step."""
    zeros = np.zeros((batch, width), dtype=np.float32)
    return {"sums": zeros, "steps": np.zeros((batch, 1), dtype=np.float32)}


def mean_step(mean: NDArray[np.float32], inputs: int, cepstra: int) -> NDArray[np.float32]:
    """[I] the step whose channels are the mean of the training, of cepstra the smoothest."""
    if not cepstra:
        return mean
    # The columns are orthogonal: c = x C and x = c D Cᵀ with D the inverse of CᵀC.
    matrix = cosines(inputs, cepstra)
    step: NDArray[np.float32] = (mean / np.square(matrix).sum(0)) @ matrix.T
    return step


def unit_of(spread: Array) -> Array:
    """The standard deviations, and 1 for those of constant channels."""
    return namespace(spread).where(spread > _SMALLEST, spread, 1.0)


@lru_cache(maxsize=8)
def cosines(inputs: int, cepstra: int) -> NDArray[np.float32]:
    """[I, K] the matrix of the DCT-II. The result is shared: do not change it."""
    angles = (np.arange(inputs)[:, None] + 0.5) * np.arange(cepstra) * (math.pi / inputs)
    matrix: NDArray[np.float32] = (np.cos(angles) * math.sqrt(2 / inputs)).astype(np.float32)
    return matrix
