"""Provides `Transcriber`: writes sequences of unequal length down as strings of symbols."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.insight import BlockGates
from gated.libraries import require_torch
from gated.tasks.data.inputs import (
    Channels,
    warn,
    warn_each,
    without_empty,
)
from gated.tasks.data.sequences import Sequences
from gated.tasks.data.sound_paths import are_paths, read_given
from gated.tasks.estimator import Estimator
from gated.tasks.network.contributions import Contributions, check_length
from gated.tasks.network.gates import sequence_gates
from gated.tasks.network.state import State
from gated.tasks.number_checks import check_number
from gated.tasks.transcriber.checks import check_beam, check_params
from gated.tasks.transcriber.decoding.alignment import align
from gated.tasks.transcriber.decoding.error_rate import symbol_errors
from gated.tasks.transcriber.decoding.search import LogProbs, Run, beam_search, greedy
from gated.tasks.transcriber.inputs import read_training
from gated.tasks.transcriber.learning.targets import is_list
from gated.tasks.transcriber.model_file import StoredTranscriber
from gated.tasks.transcriber.silence import with_silence
from gated.tasks.transcriber.spotting import Spotted
from gated.tasks.transcriber.spotting_runs import find_words, threshold_of
from gated.tasks.transcriber.stream import TranscriptStream, timed_symbol
from gated.tasks.transcriber.transcript import Transcript
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.train.checkpoint import Checkpoint

__all__ = ["Transcriber"]


class Transcriber(Estimator[StoredTranscriber]):
    """Writes sequences down as strings of symbols with a causal recurrent network.

    The network is a stack of residual GRU blocks (`gated.tasks`) with the probabilities of a blank
    and of the symbols at each step; it trains with the CTC loss, which needs no times of the
    symbols. Training stops where the loss of held-out sequences no longer falls, and keeps the
    weights of the lowest.

    Args:
        rate: samples a second, where each sequence is sound; None for other sequences, and for
            files of sound: then it is their most frequent rate, which the model keeps as `rate_`.
        channels: which axis of an array has the channels, "last" or "first"; see `fit`.
        symbols: all symbols; by default those of the training strings, sorted.
        join: least and most recordings of single words that are joined at random to one training
            string; None where sequences have strings. Needs sound.
        gap: longest pause between joined recordings, in seconds.
        hidden_size: features of the network.
        num_layers: recurrent blocks.
        dropout: in training, of features between layers.
        max_steps: training steps at most; by default 3,000 for sound, 1,000 otherwise.
        batch_size: sequences in a training step.
        learning_rate: the peak of the schedule.
        augment: whether training sequences are varied at random.
        validation: share of the sequences that are held out; 0 for `max_steps` steps without a
            check.
        seed: of all randomness; `random_state` is another name for it.

    Attributes:
        symbols_: [K] the symbols.
        rate_: samples a second of the sound that it reads; None for other sequences.
        learned_: from what and how well: sequences, held_out, error_rate, right (the share of
            held-out strings without an error), steps, notes.
        weights_: number of weights of the network.

    Example:
        >>> pulses = {"a": [0, 1, 1, 0], "b": [0, -1, -1, 0]}
        >>> rng = np.random.default_rng(0)
        >>> strings = ["".join(rng.choice(["a", "b"], size=3)) for _ in range(60)]
        >>> X = [np.array([v for c in text for v in pulses[c]], dtype=float) for text in strings]
        >>> model = Transcriber(hidden_size=16, num_layers=1, max_steps=150).fit(X, strings)
        >>> model.predict([[0, 1, 1, 0, 0, -1, -1, 0, 0, 1, 1, 0]])
        ['aba']
    """

    _kind = StoredTranscriber

    def __init__(
        self,
        *,
        rate: int | None = None,
        channels: Channels | None = None,
        symbols: Sequence[Any] | None = None,
        join: tuple[int, int] | None = None,
        gap: float = 0.3,
        hidden_size: int = 64,
        num_layers: int = 2,
        dropout: float = 0.05,
        max_steps: int | None = None,
        batch_size: int = 24,
        learning_rate: float = 4e-3,
        augment: bool = True,
        validation: float = 0.1,
        seed: int | None = None,
        random_state: int | None = None,
    ) -> None:
        self.rate = rate
        self.channels: Channels | None = channels
        self.symbols = symbols
        self.join = join
        self.gap = gap
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.augment = augment
        self.validation = validation
        self.seed = seed
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        progress: Callable[[Progress], None] | None = None,
        checkpoint: "str | Path | Checkpoint | None" = None,
    ) -> Self:
        """Train on sequences with their strings, or on single words (`join`).

        Args:
            X: a list of arrays (steps, channels) of unequal length; where `rate` is given, of
                samples (samples,); a 3-D array with `channels` said; or a frame with the columns
                `unique_id`, `ds`, and one for each channel. Or a list of paths of recordings; with
                `join` also a folder with one sub-folder of recordings for each word.
            y: the string of each sequence: text, whose characters are the symbols, or a list of
                symbols; with `join` the one symbol of each recording; for a frame the name of its
                column of texts; None for a folder.
            progress: called after each step.
            checkpoint: file that is written if Ctrl-C or an error interrupts the training. A later
                call with the same sequences and hyperparameters resumes from it, to the same bits.

        Raises:
            DataError: a sequence cannot be read, is too short for its string, has an unknown
                symbol, or there are too few.
            UsageError: a hyperparameter is out of range, or torch is not installed.
            GatedError: the checkpoint is of another training.

        Warns:
            GatedWarning: sequences without a step or files that cannot be read were left out, or
                recordings were mixed or resampled.
        """
        seed = check_params(self, reads_files=are_paths(X))
        require_torch("Training a transcriber")
        from gated.tasks.transcriber.learning.fitting import fit_joined, fit_strings
        from gated.tasks.transcriber.learning.training import Session
        from gated.train.checkpoint import opened

        given, targets = read_training(self, X, y)
        # The network reads sound at the rate of the files where the user gave none.
        rate = self.rate if given.rate is None else given.rate
        model = type(self)(**{**self.get_params(), "rate": rate})
        warn_each(given.notes)
        kept, notes = without_empty(given)
        run = fit_strings if self.join is None else fit_joined
        with opened(checkpoint) as resumed:
            session = Session(progress, resumed)
            found = (kept, [*given.notes, *notes])
            self._stored = run(model, given, found, targets, seed, session)
        return self

    def predict(self, X: Any) -> list[Any]:
        """The string of each sequence: text if the training had texts, otherwise a list of symbols.

        Args:
            X: as in `fit`; a file of sound, a list of files, or a folder, whose files are read in
                the order of their paths.

        Raises:
            DataError: a sequence or a file cannot be read, or has another number of channels.
        """
        found = [transcript.symbols for transcript in self.transcribe(X)]
        return ["".join(symbols) for symbols in found] if self._fitted.is_text else found

    def transcribe(self, X: Any, beam: int = 1) -> list[Transcript]:
        """The symbols of each sequence with times and confidences.

        Args:
            X: as in `predict`.
            beam: strings that the beam search keeps; 1 for the most probable path, as in `stream`.

        Raises:
            DataError: a sequence cannot be read, or has another number of channels.
            UsageError: `beam` is out of range.

        Warns:
            GatedWarning: sequences have no step; their strings are empty.
        """
        check_beam(beam)
        stored = self._fitted
        return [
            Transcript(
                tuple(
                    timed_symbol(run, stored.symbols, stored.clock) for run in _decoded(each, beam)
                )
            )
            for each in self._log_probs(self._read(X))
        ]

    def gates(self, X: Any) -> list[list[BlockGates]]:
        """The gates of each recurrent block over each sequence.

        Sound is read with the silence that follows its end.

        Args:
            X: as in `fit`; each with at least one step.

        Raises:
            DataError: a sequence cannot be read, has no step, or another number of channels.
            UsageError: a sequence is too long.
        """
        frontend, model = self._fitted.frontend, self._fitted.network.model
        return [
            sequence_gates(model, frontend.steps(with_silence(each, frontend)))
            for each in self._read(X)
        ]

    def contributions(self, X: Any, beam: int = 1) -> list[list[Contributions]]:
        """What each value of each step adds to the log-odds of each symbol, where it is written.

        They add up to the log-odds at the step that writes the symbol, minus those after a sequence
        whose steps all are the mean of the training (integrated gradients, arXiv 1703.01365). Sound
        is read with the silence that follows its end.

        Args:
            X, beam: as in `transcribe`.

        Returns:
            For each sequence one for each symbol of `transcribe`, over all steps.

        Raises:
            DataError: a sequence cannot be read, or has another number of channels.
            UsageError: a sequence is too long, `beam` is out of range, or torch is not installed.
        """
        check_beam(beam)
        stored, found = self._fitted, []
        require_torch("Explaining symbols")
        from gated.tasks.transcriber.contributions import symbol_contributions
        from gated.tasks.transcriber.trainable_network import TrainableSymbolNetwork

        network = TrainableSymbolNetwork.of(stored.network)
        arrays = self._read(X)
        every = self._log_probs(arrays)
        check_length(max(map(len, every)))
        for array, log_probs in zip(arrays, every, strict=True):
            steps = stored.frontend.steps(with_silence(array, stored.frontend))
            runs = _decoded(log_probs, beam)
            own = [symbol_contributions(network, steps, log_probs, run) for run in runs]
            found.append(own)
        return found

    def score(self, X: Any, y: Any) -> float:
        """1 − symbol error rate: errors of all strings by the number of expected symbols.

        Args:
            X: as in `predict`.
            y: text, or a list of symbols, for each sequence; with `join` also one symbol.
        """
        is_text = self._fitted.is_text
        expected = [list(each) if is_text or is_list(each) else [each] for each in y]
        pairs = zip(self.predict(X), expected, strict=True)
        errors = [symbol_errors(list(found), wanted) for found, wanted in pairs]
        return 1 - sum(errors) / max(sum(map(len, expected)), 1)

    def stream(self, state: State | None = None) -> TranscriptStream:
        """A stream: `push(chunk)` gives the symbols that became certain, `finish()` the last ones.

        Args:
            state: of an earlier stream, to go on from there.

        Raises:
            UsageError: the state is of another model.
        """
        return TranscriptStream(self._fitted, state)

    def spot(
        self, X: Any, words: Sequence[Any] | None = None, threshold: float = 0.0
    ) -> list[list[Spotted]]:
        """Find words in sequences of any length, such as hours of sound; needs little memory.

        Args:
            X: as in `fit`.
            words: symbols to find; all by default.
            threshold: log-odds that a word must exceed; see `spotting_threshold`.

        Raises:
            DataError: a sequence cannot be read, or has another number of channels.
            UsageError: a word is no symbol of the model.
        """
        stored = self._fitted
        numbers = self._numbers(words)
        return [
            find_words(stored, stored.clock, each, stored.silence, numbers, threshold)
            for each in self._read(X)
        ]

    def spotting_threshold(
        self, background: Any, words: Sequence[Any] | None = None, false_alarms: float = 1.0
    ) -> float:
        """The lowest threshold of `spot` with at most so many false alarms an hour.

        Args:
            background: sequences as in `fit` that have none of the words; an hour or more is best:
                in a shorter one the threshold is above everything in it.
            words: symbols to find; all by default.
            false_alarms: of all words together, an hour (for arrays: 3,600 steps).

        Raises:
            DataError: a sequence cannot be read, or has another number of channels.
            UsageError: a word is no symbol of the model.
        """
        check_number("false_alarms", false_alarms, 0, 1e6)
        return threshold_of(
            self._fitted,
            self._fitted.clock,
            self._read(background),
            self._fitted.silence,
            self._numbers(words),
            false_alarms,
        )

    @property
    def symbols_(self) -> list[Any]:
        """[K] the symbols."""
        return list(self._fitted.symbols)

    @property
    def rate_(self) -> int | None:
        """Samples a second of the sound that it reads; None for other sequences."""
        return self._fitted.frontend.rate

    @property
    def is_text_(self) -> bool:
        """Whether strings are texts whose characters are the symbols."""
        return self._fitted.is_text

    def _numbers(self, words: Sequence[Any] | None) -> list[int]:
        """The numbers of words, 1 … K."""
        known = self._fitted.symbols
        chosen = known if words is None else list(words)
        for word in chosen:
            if word not in known:
                raise UsageError(
                    f"words has {word!r}. Expected symbols of the model: "
                    f"{', '.join(map(str, known))}."
                )
        return [known.index(word) + 1 for word in chosen]

    def _read(self, X: Any) -> list[NDArray[np.float32]]:
        """The sequences, [N] samples or [T, I] steps each."""
        given = read_given(X, self.channels, self._fitted.frontend)
        warn_each(given.notes)
        if given.empty.any():
            warn(f"{given.empty_names}: no step. Their strings are empty.")
        return given.arrays

    def _log_probs(self, arrays: list[NDArray[np.float32]]) -> list[LogProbs]:
        """[T, K + 1] of each sequence; T is 0 for an empty one."""
        stored = self._fitted
        found: list[LogProbs] = [np.zeros((0, len(stored.symbols) + 1))] * len(arrays)
        filled = [index for index, array in enumerate(arrays) if len(array)]
        if not filled:
            return found
        frontend = stored.frontend
        steps = [frontend.steps(with_silence(arrays[index], frontend)) for index in filled]
        for index, each in zip(filled, stored.network.predict(Sequences.of(steps)), strict=True):
            found[index] = each
        return found


def _decoded(log_probs: LogProbs, beam: int) -> list[Run]:
    if beam == 1 or len(log_probs) == 0:
        return greedy(log_probs)
    return align(log_probs, beam_search(log_probs, beam)[0].string)
