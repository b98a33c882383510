"""Sequences of pulses and strings of tones, to learn from."""

import numpy as np

from gated.tasks.transcriber.learning.joined import Joiner

PULSES = {"a": (0, 1, 1, 0), "b": (0, -1, -1, 0)}
SMALL = {"hidden_size": 16, "num_layers": 1, "batch_size": 16}
QUICK = {"hidden_size": 8, "num_layers": 1, "max_steps": 2}


def pulses(count: int, seed: int) -> tuple[list[np.ndarray], list[str]]:
    """Sequences of up and down pulses with noise, and their strings."""
    rng = np.random.default_rng(seed)
    strings = ["".join(rng.choice(["a", "b"], size=rng.integers(1, 5))) for _ in range(count)]
    X = [np.array([v for c in text for v in PULSES[c]], dtype=np.float32) for text in strings]
    return [(x + 0.1 * rng.normal(size=len(x)))[:, None].astype(np.float32) for x in X], strings


RATE = 4_000


def tone(hertz: float, rng: np.random.Generator) -> np.ndarray:
    """A tone that swells and fades, so that two in a row are two."""
    steps = np.arange(rng.integers(700, 900))
    tone = 0.3 * np.sin(2 * np.pi * hertz * steps / RATE + rng.uniform(0, 6))
    return (tone * np.hanning(len(steps))).astype(np.float32)


def tones(count: int, seed: int) -> tuple[list[np.ndarray], list[str]]:
    rng = np.random.default_rng(seed)
    labels = [("low", "high")[index % 2] for index in range(count)]
    return [tone({"low": 300, "high": 1_100}[label], rng) for label in labels], labels


def string_of_tones(seed: int):
    """Five tones with gaps: the samples, the words, and their first and last samples."""
    words, labels = tones(10, seed)
    joiner = Joiner(words, np.array([label == "low" for label in labels], int), RATE, 5, 5, 0.3)
    string = joiner.draw(np.random.default_rng(seed))
    return string.samples, [("high", "low")[index] for index in string.symbols], string.spans
