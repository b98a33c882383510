"""Draws the batches of a training: sequences with their strings, or words joined at random."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import FloatArray, IntArray
from gated.media.audio.log_mel import LogMel
from gated.numeric import converted
from gated.tasks.data.augmentation import Augmentation
from gated.tasks.data.batches import SimilarLengths, channel_statistics
from gated.tasks.data.frontend import SoundFrontend
from gated.tasks.data.sequences import Sequences
from gated.tasks.transcriber.decoding.search import greedy
from gated.tasks.transcriber.learning.joined import JoinedString, Joiner
from gated.tasks.transcriber.learning.training import HeldOut, StringBatch
from gated.tasks.transcriber.network import SymbolNetwork
from gated.tasks.transcriber.silence import DELAY, with_silence

__all__ = [
    "GivenStrings",
    "JoinedStrings",
    "typical_distances",
]

_EARLIEST = 0.5  # share of a word that must have passed before its symbol may be written
_STATISTICS_STRINGS = 200


class GivenStrings:
    """Sequences whose strings are known.

    Args:
        sequences: n of them.
        strings: the symbols of each, 1 … K.
        members: [m] positions of those to learn from.
        batch_size: sequences of a batch.
        augmentation: of each.
    """

    def __init__(
        self,
        sequences: Sequences,
        strings: list[list[int]],
        members: IntArray,
        batch_size: int,
        augmentation: Augmentation,
    ) -> None:
        self._sequences, self._strings = sequences, strings
        self._batch_size, self._augmentation = batch_size, augmentation
        self._similar = SimilarLengths(sequences.lengths, members)
        self._statistics = channel_statistics(sequences, members)
        self._spread = torch.from_numpy(self._statistics[1])

    def draw(self, generator: torch.Generator) -> StringBatch:
        """A batch of sequences of similar lengths, varied at random."""
        indices = self._similar.draw(self._batch_size, generator)
        batch = converted(self._sequences.padded(indices), torch.from_numpy)
        changed = self._augmentation.apply(batch, self._spread, generator)
        return StringBatch.of(changed, [self._strings[index] for index in indices])

    def statistics(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """[I] mean and [I] standard deviation of each channel."""
        return self._statistics


class JoinedStrings:
    """Words joined at random; each string is new.

    Args:
        joiner: draws the strings.
        log_mel: converts them to frames.
        count: number of symbols K.
        batch_size: strings of a batch.
        augmentation: of their frames; may not change times.
        seed: of the strings for the statistics.
    """

    def __init__(
        self,
        joiner: Joiner,
        log_mel: LogMel,
        count: int,
        batch_size: int,
        augmentation: Augmentation,
        seed: int,
    ) -> None:
        self._joiner, self._log_mel, self._count = joiner, log_mel, count
        self._batch_size, self._augmentation = batch_size, augmentation
        random = np.random.default_rng(seed)
        frames = self.frames([joiner.draw(random) for _ in range(_STATISTICS_STRINGS)])
        self._statistics = channel_statistics(frames, np.arange(len(frames)))
        self._spread = torch.from_numpy(self._statistics[1])

    def draw(self, generator: torch.Generator) -> StringBatch:
        """A batch of new strings of one number of words, so that little of it is padding."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        random = np.random.default_rng(seed)
        count = self._joiner.draw_count(random)
        strings = [self._joiner.draw(random, count) for _ in range(self._batch_size)]
        batch = converted(self.frames(strings).padded(range(len(strings))), torch.from_numpy)
        changed = self._augmentation.apply(batch, self._spread, generator)
        allowed = self._allowed(strings, batch.values.shape[1])
        return StringBatch.of(changed, symbols_of(strings), allowed)

    def statistics(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """[I] mean and [I] standard deviation of each channel."""
        return self._statistics

    def frames(self, strings: Sequence[JoinedString]) -> Sequences:
        """The frames of strings."""
        frontend = SoundFrontend(self._log_mel)
        return Sequences.of(
            [frontend.steps(with_silence(string.samples, frontend)) for string in strings]
        )

    def held_out(self, strings: Sequence[JoinedString]) -> HeldOut:
        """Strings of other words, to validate on."""
        return HeldOut(self.frames(strings), symbols_of(strings))

    def _allowed(self, strings: Sequence[JoinedString], steps: int) -> Tensor:
        """[B, T, K + 1] the blank always; a symbol in the second half of its word and after it."""
        hop, window = self._log_mel.hop_samples, self._log_mel.window_samples
        late = round(DELAY * self._joiner.rate)
        allowed = torch.zeros(len(strings), steps, self._count + 1, dtype=torch.bool)
        allowed[..., 0] = True
        for row, string in enumerate(strings):
            for symbol, (begin, end) in zip(string.symbols, string.spans, strict=True):
                passed = begin + round(_EARLIEST * (end - begin))
                first = max(0, (passed - window) // hop + 1)
                last = (end + late - window) // hop
                allowed[row, first : last + 1, symbol + 1] = True
        return allowed


def symbols_of(strings: Sequence[JoinedString]) -> list[list[int]]:
    """The symbols of strings, 1 … K."""
    return [(string.symbols + 1).tolist() for string in strings]


def typical_distances(
    network: SymbolNetwork, source: JoinedStrings, strings: Sequence[JoinedString], log_mel: LogMel
) -> tuple[FloatArray, FloatArray]:
    """The typical distances of `Clock`, from strings with known times.

    Only strings that the network writes without an error count. A symbol without any has the
    median of all.

    Returns:
        [K] seconds from the begin of a word to the steps that write it, and [K] from their end to
        the end of the word.
    """
    count = network.symbols
    before: list[list[float]] = [[] for _ in range(count)]
    after: list[list[float]] = [[] for _ in range(count)]
    hop, window = log_mel.hop_samples, log_mel.window_samples
    found = network.predict(source.frames(strings))
    for log_probs, string in zip(found, strings, strict=True):
        runs = greedy(log_probs)
        if [run.symbol - 1 for run in runs] != string.symbols.tolist():
            continue
        for run, (begin, end) in zip(runs, string.spans, strict=True):
            before[run.symbol - 1].append(max(0, run.first * hop - begin) / log_mel.rate)
            after[run.symbol - 1].append((end - run.last * hop - window) / log_mel.rate)
    return _medians(before), _medians(after)


def _medians(values: list[list[float]]) -> FloatArray:
    every = [value for each in values for value in each]
    usual = float(np.median(every)) if every else 0.0
    return np.array([float(np.median(each)) if each else usual for each in values])
