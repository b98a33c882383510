"""Joins recordings of single words at random, with gaps, to strings with known times.

People have folders of single words; a transcriber learns from strings. Each string is new, so that
a few recordings make as many strings as the training needs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray

__all__ = ["CLEAN", "VARIED", "JoinedString", "Joiner", "Variation"]

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Variation:
    """The ranges of the random changes of a string; 0 switches one off.

    Attributes:
        speed: relative change of the speed and the pitch of a word, ±.
        level: change of the level of a word, ±, in decibels.
        noisy: share of the strings that get noise in the background.
        least_noise, most_noise: level of that noise below the words, in decibels.
        pauses: share of the gaps that become longer.
        pause: longest of these, in seconds.
        loud: share of the longer gaps that are filled with noise as loud as words.
    """

    speed: float = 0.0
    level: float = 0.0
    noisy: float = 0.0
    least_noise: float = 50.0
    most_noise: float = 10.0
    pauses: float = 0.0
    pause: float = 0.0
    loud: float = 0.0


CLEAN = Variation()
"""The recordings as they are."""

VARIED = Variation(
    speed=0.1,
    level=6.0,
    noisy=0.6,
    least_noise=50.0,
    most_noise=8.0,
    pauses=0.1,
    pause=1.0,
    loud=0.5,
)
"""For training."""


@dataclass(frozen=True)
class JoinedString:
    """A string of words.

    Attributes:
        samples: [N] the sound.
        symbols: [U] index of the symbol of each word.
        spans: [U, 2] first sample of each word, and the sample after its last.
    """

    samples: Samples
    symbols: IntArray
    spans: IntArray


@dataclass(frozen=True)
class Joiner:
    """Joins words at random; the same random numbers give the same strings.

    Attributes:
        words: the sound of each recording, none empty.
        symbols: [n] index of the symbol of each.
        rate: samples a second.
        least, most: words of a string.
        gap: longest gap before, between and after words, in seconds; the shortest is 0.
        variation: of training strings.

    Example:
        >>> words = [np.ones(800, np.float32), np.ones(400, np.float32)]
        >>> joiner = Joiner(words, np.array([0, 1]), 8_000, 2, 2, 0.1)
        >>> string = joiner.draw(np.random.default_rng(0))
        >>> len(string.symbols), int(string.samples.sum()) == int(np.diff(string.spans).sum())
        (2, True)
    """

    words: list[Samples]
    symbols: IntArray
    rate: int
    least: int
    most: int
    gap: float
    variation: Variation = CLEAN

    def draw(self, random: np.random.Generator, count: int | None = None) -> JoinedString:
        """Draw one string of `count` words; by default their number is drawn, too."""
        size = self.draw_count(random) if count is None else count
        chosen = random.integers(len(self.words), size=size)
        parts, spans, at = [self._gap(random)], [], 0
        for index in chosen:
            begin = at + len(parts[-1])
            word = self._word(self.words[index], random)
            parts += [word, self._gap(random)]
            spans.append((begin, begin + len(word)))
            at = begin + len(word)
        samples = np.concatenate(parts)
        if random.random() < self.variation.noisy:
            samples = samples + self._noise(samples, np.array(spans), random)
        return JoinedString(samples, self.symbols[chosen], np.array(spans, dtype=np.int64))

    def draw_count(self, random: np.random.Generator) -> int:
        """Draw the number of words of a string."""
        return int(random.integers(self.least, self.most + 1))

    def _word(self, word: Samples, random: np.random.Generator) -> Samples:
        vary = self.variation
        if vary.speed:
            factor = 1 + vary.speed * random.uniform(-1, 1)
            positions = np.arange(0, len(word) - 1, factor)
            word = np.interp(positions, np.arange(len(word)), word).astype(np.float32)
        if vary.level:
            word = word * np.float32(10 ** (vary.level * random.uniform(-1, 1) / 20))
        return word

    def _gap(self, random: np.random.Generator) -> Samples:
        vary = self.variation
        length, loud = random.uniform(0, self.gap), False
        if vary.pauses and random.random() < vary.pauses:
            length, loud = random.uniform(0, vary.pause), random.random() < vary.loud
        count = round(length * self.rate)
        if not loud or count == 0:
            return np.zeros(count, dtype=np.float32)
        typical = float(np.sqrt(np.mean(self.words[random.integers(len(self.words))] ** 2)))
        return coloured_noise(count, random) * np.float32(typical * 10 ** random.uniform(-1, 0.3))

    def _noise(self, samples: Samples, spans: IntArray, random: np.random.Generator) -> Samples:
        power = sum(float((samples[begin:end] ** 2).sum()) for begin, end in spans)
        level = np.sqrt(power / np.diff(spans).sum())
        below = random.uniform(self.variation.most_noise, self.variation.least_noise)
        return coloured_noise(len(samples), random) * np.float32(level * 10 ** (-below / 20))


def coloured_noise(count: int, random: np.random.Generator) -> Samples:
    """[count] noise of power 1 whose spectrum falls by 0 to 6 dB an octave, drawn at random."""
    size = 1 << max(count - 1, 1).bit_length()  # other sizes of the transform are slow
    spectrum = np.fft.rfft(random.standard_normal(size, dtype=np.float32))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1) ** -random.uniform(0, 1)
    noise: Samples = np.fft.irfft(spectrum, size)[:count].astype(np.float32)
    noise /= max(float(np.sqrt(np.mean(noise**2))), 1e-12)
    return noise
