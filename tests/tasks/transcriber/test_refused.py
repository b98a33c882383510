"""The input that the transcriber refuses."""

import numpy as np
import pytest

from gated import Transcriber
from gated.errors import DataError, NotFittedError, UsageError
from tests.tasks.transcriber.strings import QUICK, RATE, tones


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([], [], "X has no sequence"),
        ([[[1.0]]], ["a"], "X has 1 sequence with steps. Expected at least two, one to learn"),
        ([[[1.0]]] * 3, ["a", "b"], "y is 2 strings, but X has 3 sequences. Expected one string"),
        ([[[1.0]]] * 2, ["", ""], "All strings are empty. Expected at least one symbol"),
        ([[[1.0]]] * 2, [1, 2], r"y has 1 for sequence 0. Expected a list of symbols.*pass join"),
        ([[[1.0]]] * 2, [["a"], [1]], "The symbols are of the types `int`, `str`. Expected"),
        (
            [np.zeros((3, 1)), np.zeros((2, 1))],
            ["ab", "bb"],
            "sequence 1 has 2 steps, but its string of 2 symbols needs 3. Expected at least one",
        ),
        ([[[1.0]], [[np.nan]]], ["a", "b"], "sequence 1 holds nan at step 0. Expected finite"),
        (
            [[[1.0]], [[1.0, 2.0]] * 2],
            ["a", "b"],
            "sequence 1 has 2 channels, but sequence 0 has 1",
        ),
    ],
)
def test_sequences_that_cannot_be_learned_from_are_refused(X, y, message) -> None:
    with pytest.raises((DataError, UsageError), match=message):
        Transcriber(**QUICK).fit(X, y)


@pytest.mark.parametrize(
    ("params", "y", "message"),
    [
        ({"symbols": ["a"]}, ["a", "ab"], "The string of sequence 1 has the symbol 'b'. Expected"),
        ({"symbols": ["a", "a"]}, ["a", "a"], "Expected at least one symbol, and each of them"),
        ({"symbols": []}, ["a", "a"], "Expected at least one symbol"),
        ({"join": (3, 7)}, ["a", "a"], "join is given, but rate is not. Expected recordings"),
        ({"join": (3, 2), "rate": RATE}, ["a", "a"], r"join is \(3, 2\). Expected the least"),
        ({"join": 3, "rate": RATE}, ["a", "a"], r"join is 3. Expected two whole numbers"),
        ({"gap": -1}, ["a", "a"], "gap is -1. Expected a number from 0"),
        ({"hidden_size": 0}, ["a", "a"], "hidden_size is 0. Expected a whole number from 1"),
        ({"augment": 1}, ["a", "a"], "augment is 1. Expected True or False"),
        ({}, None, "y is missing. Expected the string of each sequence"),
    ],
)
def test_a_hyperparameter_out_of_range_is_refused_by_fit(params, y, message) -> None:
    X = [np.zeros(800)] * 2 if "rate" in params else [np.zeros((5, 1))] * 2
    with pytest.raises((DataError, UsageError), match=message):
        Transcriber(**{**QUICK, **params}).fit(X, y)


def test_a_word_with_one_recording_is_refused() -> None:
    words, labels = tones(5, seed=0)
    model = Transcriber(rate=RATE, join=(1, 3), **QUICK)
    with pytest.raises(DataError, match=r"1 symbol with fewer than two recordings: `middle`\. Exp"):
        model.fit(words, [*labels[:-1], "middle"])
    with pytest.raises(DataError, match=r"y has shape \[3\], but X has 5 recordings"):
        model.fit(words, labels[:3])


def test_input_of_another_kind_is_refused_by_a_fitted_model(fitted, of_sound) -> None:
    with pytest.raises(DataError, match=r"sequence 0 has 3 channels\. Expected 1, as in training"):
        fitted.predict([np.zeros((4, 3))])
    with pytest.raises(DataError, match=r"The part has shape \[4, 3\]. Expected \[t, 1\] steps"):
        fitted.stream().push(np.zeros((4, 3)))
    with pytest.raises(DataError, match=r"The part has shape \[4, 2\]. Expected \[n\] samples"):
        of_sound.stream().push(np.zeros((4, 2)))
    with pytest.raises(DataError, match="not finite"):
        of_sound.stream().push(np.full(400, np.nan))
    with pytest.raises(UsageError, match=r"beam is 0\. Expected a whole number from 1 to 1,000"):
        fitted.transcribe([np.zeros((4, 1))], beam=0)
    with pytest.raises(NotFittedError, match=r"This Transcriber is not fitted\. Call fit"):
        Transcriber().predict([[[1.0]]])
