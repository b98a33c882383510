"""Decoding, alignment, spotting and counting of errors, against sums over all alignments."""

import itertools

import numpy as np
import pytest

from gated.tasks.transcriber.decoding.alignment import Clock, align
from gated.tasks.transcriber.decoding.error_rate import symbol_errors
from gated.tasks.transcriber.decoding.search import GreedyDecoder, Run, beam_search, greedy
from gated.tasks.transcriber.learning.targets import steps_needed
from gated.tasks.transcriber.spotting import PeakFinder, threshold_for


def _log_probs(steps: int, symbols: int, seed: int) -> np.ndarray:
    logits = 2 * np.random.default_rng(seed).normal(size=(steps, symbols + 1))
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def _string(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol != 0)


def _all_paths(log_probs: np.ndarray) -> dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]]:
    """The log-probability of every path, by its string."""
    found: dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]] = {}
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        score = float(log_probs[np.arange(len(path)), list(path)].sum())
        found.setdefault(_string(path), []).append((score, path))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("steps", "symbols"), [(1, 2), (4, 2), (6, 1), (5, 3)])
def test_the_beam_search_adds_up_all_paths_of_each_string(steps, symbols, seed) -> None:
    log_probs = _log_probs(steps, symbols, seed)
    sums = {
        string: float(np.logaddexp.reduce([score for score, _ in paths]))
        for string, paths in _all_paths(log_probs).items()
    }
    found = beam_search(log_probs, width=10_000)  # as wide as there are strings: exact
    assert {result.string for result in found} == set(sums)
    for result in found:
        assert result.log_probability == pytest.approx(sums[result.string], abs=1e-9)
    assert found[0].string == max(sums, key=sums.__getitem__)
    np.testing.assert_allclose(
        [result.log_probability for result in found], sorted(sums.values(), reverse=True)
    )


def test_a_narrow_beam_finds_a_string_that_the_best_path_does_not() -> None:
    log_probs = np.log([[0.6, 0.4], [0.6, 0.4]])
    assert greedy(log_probs) == []
    assert beam_search(log_probs, width=2)[0].string == (1,)


@pytest.mark.parametrize("seed", range(8))
def test_the_alignment_is_the_best_of_all_paths_of_the_string(seed) -> None:
    log_probs = _log_probs(5, 2, seed)
    for string, paths in _all_paths(log_probs).items():
        best, path = max(paths)
        runs = align(log_probs, string)
        drawn = np.zeros(5, dtype=int)
        for run in runs:
            drawn[run.first : run.last + 1] = run.symbol
        assert tuple(drawn) == path
        assert float(log_probs[np.arange(5), drawn].sum()) == pytest.approx(best)


def test_a_string_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="a string of 2 symbols does not fit into 2 steps"):
        align(_log_probs(2, 2, 0), [1, 1])
    assert (steps_needed([1, 1]), steps_needed([1, 2]), steps_needed([])) == (3, 2, 0)


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_the_greedy_decoder_does_not_depend_on_the_parts(size) -> None:
    log_probs = _log_probs(40, 3, 1)
    decoder, found = GreedyDecoder(), []
    for begin in range(0, 40, size):
        found += decoder.push(log_probs[begin : begin + size])
    found += decoder.finish()
    path = log_probs.argmax(1)
    assert found == greedy(log_probs)
    assert tuple(run.symbol for run in found) == _string(tuple(path.tolist()))
    for run in found:
        assert (path[run.first : run.last + 1] == run.symbol).all()
        assert run.log_probability == log_probs[run.first : run.last + 1, run.symbol].max()


def test_an_empty_sequence_has_no_symbol() -> None:
    nothing = np.zeros((0, 3))
    assert greedy(nothing) == []
    assert beam_search(nothing, width=3)[0].string == ()
    assert align(nothing, []) == []


def test_times_are_those_of_the_steps_moved_by_the_typical_distances() -> None:
    clock = Clock(0.1, 0.3, before=(0.5, 0.0), after=(-0.05, 0.2))
    begin, end = clock.times(Run(1, 10, 12, 0.0))
    assert (begin, end) == (pytest.approx(0.5), pytest.approx(1.45))
    assert clock.times(Run(1, 1, 2, 0.0))[0] == 0  # not before the beginning
    assert clock.times(Run(2, 0, 0, 0.0)) == (0, pytest.approx(0.5))


@pytest.mark.parametrize(
    ("found", "expected", "errors"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "axc", 1),
        ("ac", "abc", 1),
        ("abbc", "abc", 1),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_errors_are_substitutions_insertions_and_deletions(found, expected, errors) -> None:
    assert symbol_errors(found, expected) == errors


def _with_words(places: dict[int, float], steps: int = 400) -> np.ndarray:
    """Log-probabilities of the blank and two words; the first at some steps."""
    probabilities = np.full((steps, 3), 0.001)
    for step, probability in places.items():
        probabilities[step : step + 3, 1] = probability
    probabilities[:, 0] = 1 - probabilities[:, 1:].sum(1)
    return np.log(probabilities)


@pytest.mark.parametrize("size", [1, 13, 400])
def test_a_word_is_found_once_where_its_score_is_largest(size) -> None:
    log_probs = _with_words({50: 0.9, 55: 0.6, 200: 0.8, 300: 0.2})
    finder, found = PeakFinder([1, 2], least=0.0, closest=20), []
    for begin in range(0, 400, size):
        found += finder.push(log_probs[begin : begin + size])
    found += finder.finish()
    assert [(peak.symbol, peak.step) for peak in found] == [(1, 52), (1, 202)]
    assert found[0].score == pytest.approx(np.log((1 - 0.1**3) / 0.1**3), abs=1e-6)


def test_the_threshold_allows_so_many_false_alarms() -> None:
    scores = [5.0, -1.0, 3.0, 2.0, 4.0]
    for allowed in range(6):
        threshold = threshold_for(scores, hours=2, false_alarms=allowed / 2)
        assert sum(score > threshold for score in scores) == allowed
    assert threshold_for(scores, hours=0.5, false_alarms=1) == 5.0  # less than one in so short
