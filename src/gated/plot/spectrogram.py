"""Draws the spectrogram of a recording, with the words where they were spoken."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot.colours import ENERGY
from gated.plot.panels.heat import HeatMap
from gated.plot.panels.picture import Panel, Picture
from gated.plot.panels.words import TimedWord, Words

__all__ = ["spectrogram", "spectrogram_panel", "words_panel"]

_RANGE = 7.0 * np.log(10)  # of the energies: 70 dB below the loudest
_HERTZ = (100, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)


def spectrogram(
    frames: npt.ArrayLike,
    centres: npt.ArrayLike,
    begin: float,
    end: float,
    words: Sequence[TimedWord] = (),
    *,
    length: float | None = None,
    title: str = "Spectrogram",
) -> Picture:
    """Make the picture of a recording; `svg()` and `print` draw it.

    Args:
        frames: [T, B] the natural logarithm of the energy of each band.
        centres: [B] the frequency of each band in hertz, rising.
        begin, end: of the frames, in seconds.
        words: with their times and confidences.
        length: of the axis in seconds; by default to the end of the frames and of the words.
        title: read aloud by screen readers.

    Raises:
        UsageError: the arrays do not fit each other, or the end is not after the begin.

    Example:
        >>> frames = np.log(np.random.default_rng(0).random((65, 40)) + 1e-3)
        >>> made = spectrogram(frames, np.linspace(100, 3900, 40), 0.0, 1.0,
        ...                    [TimedWord("seven", 0.2, 0.7, 0.98)])
        >>> made.svg()[:4], "seven (98 %)" in made.svg(), "seven (98 %)" in str(made)
        ('<svg', True, True)
    """
    last = max([end, *(word.end for word in words)]) if length is None else length
    panels: list[Panel] = []
    if words:
        panels.append(words_panel(words, 0.0, last))
    panels.append(spectrogram_panel(frames, centres, begin, end))
    return Picture(title, panels, 0.0, last)


def words_panel(words: Sequence[TimedWord], begin: float, end: float) -> Words:
    """The words of a recording; begin and end are those of the axis."""
    return Words(words, "", begin, end)


def spectrogram_panel(
    frames: npt.ArrayLike, centres: npt.ArrayLike, begin: float, end: float
) -> HeatMap:
    """The spectrogram alone; the arguments are those of `spectrogram`."""
    energies = np.asarray(frames, dtype=np.float64)
    hertz = np.asarray(centres, dtype=np.float64)
    is_right = energies.ndim == 2 and energies.size and hertz.shape == energies.shape[1:]
    if not is_right or not np.isfinite(energies).all() or (np.diff(hertz) <= 0).any():
        raise UsageError(
            f"Frames of the shape {list(energies.shape)} and {hertz.size} frequencies are given. "
            "Expected finite numbers [T, B] and [B] rising frequencies in hertz. Pass "
            "`LogMel.frames` and `LogMel.centres`."
        )
    loudest = energies.max()
    quietest = max(float(energies.min()), loudest - _RANGE)
    shown = (energies.T[::-1] - quietest) / max(loudest - quietest, 1e-9)
    title = "Spectrogram: energy of each band of frequencies (Hz)"
    return HeatMap(title, shown, begin, end, ENERGY, _hertz_ticks(hertz), 200.0, 10)


def _hertz_ticks(hertz: FloatArray) -> tuple[tuple[float, str], ...]:
    """Places from the top and labels of round frequencies."""
    bands = len(hertz)
    return tuple(
        (1 - (float(np.interp(value, hertz, np.arange(bands))) + 0.5) / bands, f"{value}")
        for value in _HERTZ
        if hertz[0] <= value <= hertz[-1]
    )
