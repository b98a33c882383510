"""Pictures of sequences that were read: a spectrogram with labels or words, gates below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.insight import BlockGates
from gated.insight.pictures import gate_panels
from gated.media.audio.log_mel import LogMel
from gated.plot.panels.lines import Curves
from gated.plot.panels.picture import Panel, Picture
from gated.plot.panels.words import TimedWord, Words
from gated.plot.spectrogram import spectrogram_panel, words_panel
from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend
from gated.tasks.network.contributions import MOST_STEPS
from gated.tasks.pictures.contributions import label_evidence, symbol_evidence
from gated.tasks.pictures.explanation import Contrast, Explained, explained
from gated.tasks.transcriber.silence import with_silence

if TYPE_CHECKING:
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.transcriber.estimator import Transcriber
    from gated.tasks.transcriber.transcript import Transcript

__all__ = ["label_picture", "pauses", "recordings_picture", "transcript_picture"]

_QUIET = 3.0 * np.log(10)  # energies 30 dB below the loudest frame are a pause
_MOST_CURVES = 8
_MOST_WORDS = 200
_MOST_WORK = 40_000  # steps, a symbol each: they are read 32 times, or up to 672 times

_NO_EVIDENCE: tuple[list[Panel], list[str], list[dict[str, Any]]] = ([], [], [])


def label_picture(
    model: "SequenceClassifier", sequence: NDArray[np.float32], *, explain: bool, title: str = ""
) -> Explained:
    """The spectrogram of a recording, or the channels, with the most probable label over time.

    Args:
        model: fitted.
        sequence: [N] samples, or [T, I] steps.
        explain: whether to add the contributions to the label, and the gates.
        title: of the picture.

    Raises:
        DataError: the sequence has no step, or another number of channels.
    """
    frontend = model._fitted.frontend
    steps = frontend.steps(np.asarray(sequence, dtype=np.float32))
    probabilities = model.predict_proba_over_time([sequence])[0]
    begin, end, last, unit = _axis(frontend, len(steps))
    labels = [str(label) for label in model.classes_]
    panels: list[Panel] = [
        Words(_runs(probabilities, labels, begin, end), "Label after each frame", 0.0, last),
        Curves(
            "Probability of the most probable label after each frame",
            probabilities.max(1)[None],
            begin,
            end,
            0.0,
            1.0,
            percents=True,
        ),
        _input_panel(frontend, steps, begin, end),
    ]
    blocks = model.gates([sequence])[0] if explain else None
    evidence = _NO_EVIDENCE
    if explain and len(steps) > MOST_STEPS:
        evidence = [], [f"What each of {len(steps):,} steps adds was not computed."], []
    elif explain:
        best = int(probabilities[-1].argmax())
        found = model.contributions([sequence], model.classes_[best])[0]
        panel, told, values = label_evidence(found, labels[best], begin, end, unit)
        evidence = [panel], [told], [values]
    title = title or "Labels of a recording"
    return _finished(title, panels, blocks, frontend, steps, evidence)


def transcript_picture(
    model: "Transcriber",
    sequence: NDArray[np.float32],
    transcript: "Transcript",
    *,
    explain: bool,
    title: str = "",
    beam: int = 1,
) -> Explained:
    """The spectrogram of a recording, or the channels, with the words where they were spoken.

    Args:
        model: fitted.
        sequence: [N] samples, or [T, I] steps.
        transcript: of this sequence.
        explain: whether to add the contributions to each symbol, and the gates.
        title: of the picture.
        beam: that the transcript was found with.

    Raises:
        DataError: the sequence has no step, or another number of channels.
        UsageError: the transcript is of another sequence, or was found with another beam.
    """
    if explain and model.transcribe([sequence], beam)[0].symbols != transcript.symbols:
        raise UsageError(
            f"The transcript is not that of this sequence with beam={beam}. Expected the one that "
            "`transcribe` gave."
        )
    frontend = model._fitted.frontend
    given = np.asarray(sequence, dtype=np.float32)
    steps = frontend.steps(with_silence(given, frontend))
    begin, end, last, unit = _axis(frontend, len(steps))
    words = [
        TimedWord(str(each.symbol), each.begin, min(each.end, last), each.confidence)
        for each in transcript.timed[:_MOST_WORDS]
    ]
    panels: list[Panel] = [words_panel(words, 0.0, last)] if words else []
    panels.append(_input_panel(frontend, steps, begin, end))
    blocks = model.gates([sequence])[0] if explain else None
    evidence = _NO_EVIDENCE
    symbols = [str(each.symbol) for each in transcript.timed]
    if explain and len(steps) * len(symbols) > _MOST_WORK:
        evidence = [], [f"Where each of {len(symbols)} symbols was read was not computed."], []
    elif explain:
        found = model.contributions([sequence], beam=beam)[0]
        evidence = symbol_evidence(found, symbols, begin, end, unit)
    title = title or "Words of a recording"
    return _finished(title, panels, blocks, frontend, steps, evidence)


def recordings_picture(
    model: "SequenceClassifier",
    recordings: Sequence[NDArray[np.float32]],
    *,
    explain: bool,
    title: str = "Recordings and their labels",
) -> Explained:
    """The spectrograms of recordings one after another, each with its label.

    Args:
        model: fitted, of sound.
        recordings: [N] samples of each, at least one; each is read from its own beginning.
        explain: whether to add the gates.
        title: of the picture.

    Raises:
        DataError: a recording has no sample.
    """
    frontend = model._fitted.frontend
    assert isinstance(frontend, SoundFrontend)  # a model of sound
    parts = [frontend.steps(np.asarray(each, dtype=np.float32)) for each in recordings]
    steps = np.concatenate(parts)
    begin, end, last, _ = _axis(frontend, len(steps))
    edges = begin + np.cumsum([0, *map(len, parts)]) * (end - begin) / len(steps)
    probabilities = model.predict_proba(list(recordings))
    words = [
        TimedWord(str(model.classes_[row.argmax()]), left, right, float(row.max()))
        for row, left, right in zip(probabilities, edges[:-1], edges[1:], strict=True)
    ]
    panels = [
        words_panel(words, 0.0, last),
        spectrogram_panel(steps, frontend.log_mel.centres, begin, end),
    ]
    blocks = None
    if explain:
        traced = zip(*model.gates(list(recordings)), strict=True)
        blocks = [BlockGates.joined(own) for own in traced]
    return _finished(title, panels, blocks, frontend, steps)


def pauses(frames: NDArray[np.float32]) -> BoolArray:
    """[T] the log-mel frames whose energy is far below that of the loudest one."""
    energy = np.log(np.exp(frames.astype(np.float64)).sum(1))
    return np.asarray(energy < energy.max() - _QUIET)


def _finished(
    title: str,
    panels: list[Panel],
    blocks: list[BlockGates] | None,
    frontend: Any,
    steps: NDArray[np.float32],
    evidence: tuple[list[Panel], list[str], list[dict[str, Any]]] = _NO_EVIDENCE,
) -> Explained:
    begin, end, last, unit = _axis(frontend, len(steps))
    if blocks is None:
        return Explained(Picture(title, panels, 0.0, last, unit))
    contrast = None
    if isinstance(frontend, SoundFrontend):
        contrast = Contrast("at the pauses", "pauses", pauses(steps))
    shown, told, values = evidence
    explanation = explained(blocks, contrast, (begin, end), unit).preceded(told, values)
    panels = panels + shown + gate_panels(blocks, begin, end)
    return Explained(Picture(title, panels, 0.0, last, unit, explanation.sentences), explanation)


def _axis(frontend: Any, steps: int) -> tuple[float, float, float, str]:
    """Begin and end of the steps on the axis, the end of the axis, and its unit.

    A frame of sound stands in the middle of its window.
    """
    if isinstance(frontend, ArrayFrontend):
        return 0.0, float(steps), float(steps), ""
    log_mel: LogMel = frontend.log_mel
    hop, window = log_mel.hop_samples / log_mel.rate, log_mel.window_samples / log_mel.rate
    begin = (window - hop) / 2
    return begin, begin + steps * hop, (steps - 1) * hop + window, "s"


def _input_panel(frontend: Any, steps: NDArray[np.float32], begin: float, end: float) -> Panel:
    if isinstance(frontend, SoundFrontend):
        return spectrogram_panel(steps, frontend.log_mel.centres, begin, end)
    shown = steps.T[:_MOST_CURVES].astype(np.float64)
    hidden = steps.shape[1] - len(shown)
    more = f" (the first {len(shown)} of {steps.shape[1]})" if hidden else ""
    return Curves(f"Channels{more}", shown, begin, end)


def _runs(
    probabilities: FloatArray, labels: list[str], begin: float, end: float
) -> list[TimedWord]:
    """The stretches of one most probable label, each with the mean of its probability."""
    best = probabilities.argmax(1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    stops = np.append(starts[1:], len(best))
    step = (end - begin) / len(best)
    longest = sorted(zip(starts, stops, strict=True), key=lambda run: run[0] - run[1])
    return [
        TimedWord(
            labels[best[first]],
            begin + first * step,
            begin + last * step,
            float(probabilities[first:last].max(1).mean()),
        )
        for first, last in longest[:_MOST_WORDS]
    ]
