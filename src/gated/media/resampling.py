"""Converts sound from one rate to another."""

from math import gcd

import numpy as np
from numpy.typing import NDArray

__all__ = ["resampled"]

# The Kaiser window of 80 dB (Oppenheim & Schafer, Discrete-Time Signal Processing, section 7.5).
_BETA = 7.857
_ZEROS = 24  # zero crossings of the sinc on each side
_CUTOFF = 0.90  # of the lower Nyquist frequency: the transition ends at that frequency


def resampled(samples: NDArray[np.float32], from_rate: int, to_rate: int) -> NDArray[np.float32]:
    """Return sound of another rate: [N · to_rate / from_rate] samples, rounded up.

    A sinc under a Kaiser window interpolates; it removes the frequencies that the lower rate cannot
    hold. The method is that of Smith, "Digital Audio Resampling" (CCRMA).

    Args:
        samples: [N].
        from_rate, to_rate: samples a second.

    >>> len(resampled(np.zeros(16_000, dtype=np.float32), 16_000, 8_000))
    8000
    """
    if from_rate == to_rate or len(samples) == 0:
        return samples
    common = gcd(from_rate, to_rate)
    up, down = to_rate // common, from_rate // common
    cutoff = _CUTOFF * min(1.0, up / down)  # relative to the Nyquist frequency of the input
    reach = int(np.ceil(_ZEROS / cutoff))
    count = -(-len(samples) * up // down)
    padded = np.pad(samples.astype(np.float64), reach)
    result = np.empty(count)
    taps = np.arange(-reach + 1, reach + 1)
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach)
    # Output k lies at k · down / up: all outputs of one remainder use the same coefficients.
    for phase in range(min(up, count)):
        outputs = np.arange(phase, count, up)
        whole, rest = divmod(phase * down, up)
        distance = taps - rest / up
        window = np.kaiser(2 * reach * 64 + 1, _BETA)
        at = (distance / reach + 1) / 2 * (len(window) - 1)
        kernel = cutoff * np.sinc(cutoff * distance) * np.interp(at, np.arange(len(window)), window)
        kernel /= kernel.sum()  # a constant stays the same
        begins = whole + np.arange(len(outputs)) * down + 1
        result[outputs] = views[begins] @ kernel
    return result.astype(np.float32)
