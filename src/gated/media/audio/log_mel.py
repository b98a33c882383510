"""Computes log-mel frames of sound: the energy of each band of frequencies, step by step.

The bands are triangles, evenly spaced on the mel scale, m = 2595 log10(1 + f / 700) (O'Shaughnessy
1987), as in the front ends of most recognisers.
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError

__all__ = ["LogMel", "LogMelStream"]

FLOOR = 1e-6
"""Added to each energy before the logarithm; samples are from −1 to 1."""

_FRAMES_AT_ONCE = 4_096


@dataclass(frozen=True)
class LogMel:
    """The settings of log-mel frames.

    Attributes:
        rate: samples a second.
        bins: bands of frequencies.
        window: length of a frame in seconds.
        hop: time from a frame to the next in seconds.
        low, high: lowest and highest frequency in hertz; half the rate where `high` is None.

    Raises:
        UsageError: the bands do not fit between the frequencies.

    Example:
        >>> LogMel(8_000).frames(np.zeros(8_000, dtype=np.float32)).shape
        (65, 40)
    """

    rate: int
    bins: int = 40
    window: float = 0.030
    hop: float = 0.015
    low: float = 60.0
    high: float | None = None

    def __post_init__(self) -> None:
        top = self.rate / 2 if self.high is None else self.high
        if self.bins < 1 or not 0 <= self.low < top <= self.rate / 2:
            raise UsageError(
                f"{self.bins} bands from {self.low:g} to {top:g} Hz do not fit sound of "
                f"{self.rate:,} samples a second. Expected at least one band below half the rate."
            )
        if self.hop_samples < 1 or self.window_samples < self.hop_samples:
            raise UsageError(
                f"A window of {self.window:g} s and a hop of {self.hop:g} s are given. Expected a "
                "hop of at least one sample, and a window that is no shorter than the hop."
            )

    @property
    def window_samples(self) -> int:
        """Samples of a frame."""
        return round(self.window * self.rate)

    @property
    def hop_samples(self) -> int:
        """Samples from a frame to the next."""
        return round(self.hop * self.rate)

    @property
    def centres(self) -> NDArray[np.float64]:
        """[bins] the frequency at the peak of each band in hertz, rising."""
        return self._edges[1:-1]

    def frames(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the frames [T, bins] of samples [N]: T = 1 + (N − window) // hop.

        Fewer samples than one window are extended by zeros, so that there is one frame.
        """
        short = self.window_samples - len(samples)
        return self._complete(np.pad(samples, (0, short)) if short > 0 else samples)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)

    def _complete(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """[T, bins] the frames that lie within the samples."""
        size = self.window_samples
        if len(samples) < size:
            return np.zeros((0, self.bins), dtype=np.float32)
        begins = np.arange(0, len(samples) - size + 1, self.hop_samples)
        parts = [
            self._log_energies(
                samples[begins[first : first + _FRAMES_AT_ONCE, None] + self._within]
            )
            for first in range(0, len(begins), _FRAMES_AT_ONCE)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _log_energies(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        spectrum = np.fft.rfft(frames * self._hann, self._transform)
        energies = (spectrum.real**2 + spectrum.imag**2) @ self._bands
        return np.log(energies + FLOOR).astype(np.float32)

    @cached_property
    def _within(self) -> NDArray[np.intp]:
        """The places of a frame's samples after its first one."""
        return np.arange(self.window_samples)

    @cached_property
    def _transform(self) -> int:
        """The size of the Fourier transform: the next power of two."""
        return 1 << (self.window_samples - 1).bit_length()

    @cached_property
    def _hann(self) -> NDArray[np.float32]:
        return np.hanning(self.window_samples + 1)[:-1].astype(np.float32)

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        """[bins + 2] band b rises from edge b to edge b + 1 and falls to edge b + 2, in hertz."""
        top = self.rate / 2 if self.high is None else self.high
        ends = np.linspace(_mel(self.low), _mel(top), self.bins + 2)
        return np.asarray(700 * (10 ** (ends / 2595) - 1))

    @cached_property
    def _bands(self) -> NDArray[np.float64]:
        """[frequencies, bins] the weight of each frequency in each band."""
        hertz = self._edges
        frequencies = np.arange(self._transform // 2 + 1)[:, None] * self.rate / self._transform
        rising = (frequencies - hertz[:-2]) / (hertz[1:-1] - hertz[:-2])
        falling = (hertz[2:] - frequencies) / (hertz[2:] - hertz[1:-1])
        return np.maximum(0.0, np.minimum(rising, falling))


class LogMelStream:
    """Computes the frames of sound that arrives in parts.

    The frames do not depend on how the sound was split, up to the rounding of the matrix product.

    Args:
        log_mel: the settings.
        pending: [n] samples of an earlier stream that belong to the next frame.

    Attributes:
        pending: [n] samples that belong to the next frame; with the settings, all of the state.

    Example:
        >>> stream = LogMelStream(LogMel(8_000))
        >>> [len(stream.push(np.zeros(100, dtype=np.float32))) for _ in range(4)]
        [0, 0, 1, 1]
    """

    def __init__(self, log_mel: LogMel, pending: NDArray[np.float32] | None = None) -> None:
        self._log_mel = log_mel
        self.pending = np.zeros(0, dtype=np.float32) if pending is None else pending

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the frames [t, bins] that are complete with these samples."""
        waiting = np.concatenate([self.pending, samples])
        frames = self._log_mel._complete(waiting)
        self.pending = waiting[len(frames) * self._log_mel.hop_samples :].copy()
        return frames


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
