"""Runs the search for words over whole sequences, in parts, so that hours need little memory."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gated.tasks.data.frontend import SoundFrontend
from gated.tasks.transcriber.decoding.alignment import Clock
from gated.tasks.transcriber.decoding.search import LogProbs, Run
from gated.tasks.transcriber.model_file import StoredTranscriber
from gated.tasks.transcriber.network import STEPS_AT_ONCE
from gated.tasks.transcriber.spotting import (
    LEAST_SCORE,
    Peak,
    PeakFinder,
    Spotted,
    threshold_for,
)

__all__ = ["find_words", "threshold_of"]

_CLOSEST = 0.35  # seconds between two findings of one word
_CLOSEST_STEPS = 1  # the same where a sequence has no seconds
_SECONDS = 3_600  # of an hour

Values = NDArray[np.float32]


def find_words(
    stored: StoredTranscriber,
    clock: Clock,
    values: Values,
    silence: Values,
    words: Sequence[int],
    threshold: float,
) -> list[Spotted]:
    """The words whose score is above the threshold, in the order of their ends."""
    return [
        Spotted(stored.symbols[peak.symbol - 1], *clock.times(_run(peak)), peak.score)
        for peak in _peaks(stored, clock, values, silence, words, threshold)
    ]


def threshold_of(
    stored: StoredTranscriber,
    clock: Clock,
    background: Sequence[Values],
    silence: Values,
    words: Sequence[int],
    false_alarms: float,
) -> float:
    """The lowest threshold with at most so many false alarms an hour in the background."""
    peaks = [
        peak
        for each in background
        for peak in _peaks(stored, clock, each, silence, words, LEAST_SCORE)
    ]
    rate = stored.frontend.log_mel.rate if isinstance(stored.frontend, SoundFrontend) else 1
    hours = sum(map(len, background)) / rate / _SECONDS
    return threshold_for([peak.score for peak in peaks], hours, false_alarms)


def _peaks(
    stored: StoredTranscriber,
    clock: Clock,
    values: Values,
    silence: Values,
    words: Sequence[int],
    least: float,
) -> list[Peak]:
    closest = round(_CLOSEST / clock.step) if clock.step < 1 else _CLOSEST_STEPS
    finder = PeakFinder(words, least, closest)
    whole = np.concatenate([values, silence]) if len(values) else values
    found = [peak for part in _in_parts(stored, whole) for peak in finder.push(part)]
    return found + finder.finish()


def _in_parts(stored: StoredTranscriber, values: Values) -> Iterator[LogProbs]:
    """[t, K + 1] the log-probabilities of one sequence, part by part."""
    front, state = stored.frontend.stream(), stored.network.initial_state(1)
    size = STEPS_AT_ONCE
    if isinstance(stored.frontend, SoundFrontend):
        size *= stored.frontend.log_mel.hop_samples
    for begin in range(0, len(values), size):
        steps = front.push(values[begin : begin + size])
        if len(steps):
            found, state = stored.network.advance(steps[None], state)
            yield found[0]


def _run(peak: Peak) -> Run:
    """The peak as a run of one step."""
    return Run(peak.symbol, peak.step, peak.step, 0.0)
