"""The benchmarks of strings and of spotting: their cuts, their sounds, and what is counted."""

import numpy as np
import pytest

from benchmarks.common.folders import data_folder
from benchmarks.sequences import spotting
from benchmarks.sequences.fsdd import RATE, Takes, hour_of, parts, read_takes, strings_of
from benchmarks.sequences.strings import score
from gated import Transcriber
from gated.tasks.transcriber.spotting import Spotted
from tests.folders import DATA


@pytest.fixture(scope="module")
def takes() -> Takes:
    """Two tones for each of two digits."""
    rng = np.random.default_rng(0)
    clips = [
        (0.3 * np.sin(2 * np.pi * hertz * np.arange(length) / RATE)).astype(np.float32)
        for hertz in (400, 1_500)
        for length in rng.integers(1_000, 2_000, size=2)
    ]
    return Takes(clips, np.array([0, 0, 1, 1]))


@pytest.mark.parametrize("validation", [False, True])
def test_no_take_is_in_two_parts(validation) -> None:
    train, middle, test = (set(range(*part)) for part in parts(validation))
    assert not train & middle
    assert not (train | middle) & test
    assert test == (set(range(45, 50)) if validation else set(range(5)))
    if validation:
        assert min(train | middle | test) == 5  # the test part is not used


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository")
def test_takes_are_read_for_every_speaker_and_digit() -> None:
    takes = read_takes(data_folder(DATA), 0, 5)
    assert np.bincount(takes.digits).tolist() == [30] * 10


def test_strings_are_the_same_each_time(takes) -> None:
    first, second = strings_of(takes, 20, seed=1), strings_of(takes, 20, seed=1)
    for one, other in zip(first, second, strict=True):
        assert (one.samples == other.samples).all()
        assert 3 <= len(one.symbols) <= 7
        gaps = one.spans[1:, 0] - one.spans[:-1, 1]
        assert (gaps >= 0).all()
        assert (gaps <= 0.3 * RATE).all()


def test_an_hour_has_its_digits_where_it_says(takes) -> None:
    hour = hour_of(takes, seed=2, hours=0.02)
    assert len(hour.samples) >= 72 * RATE
    assert set(hour.digits.tolist()) == {0, 1}
    for digit, (begin, end) in zip(hour.digits, hour.spans, strict=True):
        part = hour.samples[round(begin * RATE) : round(end * RATE)]
        loudest = np.abs(np.fft.rfft(part)).argmax() * RATE / len(part)
        assert abs(loudest - (400, 1_500)[digit]) < 30
    assert set(hour_of(takes, seed=2, without=1, hours=0.02).digits.tolist()) == {0}


def test_findings_are_compared_with_the_words_that_were_said() -> None:
    spans = np.array([[1.0, 1.5], [3.0, 3.5], [5.0, 5.5]])
    found = [Spotted(1, end - 0.4, end, score) for end, score in [(1.6, 9.0), (3.4, 2.0), (4, 5.0)]]
    result = spotting._compared(found, spans, threshold=3.0, hours=1.0)
    # The second word is below the threshold, the third was not found, and 4.0 s has no word.
    assert (result.words, result.misses, result.false_alarms) == (3, 2, 1)
    assert result.best_misses == 1  # one false alarm is allowed, so that all scores count


def test_both_benchmarks_score_a_model(takes) -> None:
    model = Transcriber(rate=RATE, join=(1, 2), symbols=[0, 1], hidden_size=8, max_steps=2)
    model.fit(takes.clips, takes.digits)
    measured = score(model, strings_of(takes, 3, seed=1))
    assert 0 <= measured.right <= 100
    assert measured.state < 10_000
    assert measured.weights == model.weights_


def test_the_names_are_listed(call) -> None:
    code, _, errors = call("sequences", "--data", "strings")
    assert code == 2
    assert "fsdd_strings, fsdd_spotting" in errors
