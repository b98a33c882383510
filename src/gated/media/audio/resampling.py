"""Converts sound from one rate to another.

Every output is a sum of inputs, weighted by a sinc under a Kaiser window: Smith, "Digital Audio
Resampling" (CCRMA); the window is that of Oppenheim & Schafer, "Discrete-Time Signal Processing",
section 7.5. Outputs at the same place between two inputs share their weights (a polyphase filter).
"""

from functools import lru_cache
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = ["resampled"]

_BETA = 7.857  # of a Kaiser window with a stop band of 80 dB
_ZEROS = 24  # zero crossings of the sinc on each side
_CUTOFF = 0.9  # of the lower Nyquist frequency, in the middle of the transition from 0.8 to 1


def resampled(samples: NDArray[np.float32], from_rate: int, to_rate: int) -> NDArray[np.float32]:
    """Return sound of another rate: float32 [N · to_rate / from_rate], rounded up.

    Frequencies up to 0.8 of the lower Nyquist frequency are kept; those above it, which the new
    rate cannot represent, are removed. Outside the sound, silence is assumed.

    Args:
        samples: [N]; unchanged.
        from_rate, to_rate: samples a second, at least 1.

    >>> len(resampled(np.zeros(16_000, dtype=np.float32), 16_000, 8_000))
    8000
    """
    if from_rate == to_rate or len(samples) == 0:
        return samples.astype(np.float32)
    common = gcd(from_rate, to_rate)
    up, down = to_rate // common, from_rate // common
    reach = _reach(up, down)
    padded = np.pad(samples.astype(np.float64), reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach)
    result = np.empty(-(-len(samples) * up // down))
    for phase in range(min(up, len(result))):
        outputs = result[phase::up]
        # Output k lies at k · down / up: between the inputs `first` and `first` + 1.
        first = phase * down // up
        # The strided view is not copied: a copy of long sound would need gigabytes.
        outputs[:] = windows[first + 1 :: down][: len(outputs)] @ _kernel(up, down, phase)
    return result.astype(np.float32)


@lru_cache(maxsize=1024)
def _kernel(up: int, down: int, phase: int) -> FloatArray:
    """[2 · reach] the weights of the inputs around the outputs of one phase."""
    reach = _reach(up, down)
    distance = np.arange(1 - reach, reach + 1) - (phase * down % up) / up
    within = np.sqrt(np.maximum(0.0, 1 - (distance / reach) ** 2))
    cutoff = _cutoff(up, down)
    kernel = np.sinc(cutoff * distance) * np.i0(_BETA * within)
    kernel /= kernel.sum()  # a constant stays the same
    return np.asarray(kernel)


def _cutoff(up: int, down: int) -> float:
    """In Nyquist frequencies of the input."""
    return _CUTOFF * min(1.0, up / down)


def _reach(up: int, down: int) -> int:
    """Inputs on each side of an output."""
    return ceil(_ZEROS / _cutoff(up, down))
