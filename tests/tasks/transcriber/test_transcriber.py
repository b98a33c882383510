"""The transcriber: what it learns, its streams, and its file."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from gated import SequenceClassifier, Transcriber
from gated.errors import GatedWarning, ModelFileError, UsageError
from gated.tasks import State
from gated.tasks.transcriber.learning.joined import VARIED, Joiner
from tests.tasks.transcriber.strings import (
    QUICK,
    RATE,
    pulses,
    string_of_tones,
    tone,
    tones,
)


def test_it_learns_strings_without_times(fitted) -> None:
    X, strings = pulses(40, seed=1)
    assert fitted.symbols_ == ["a", "b"]
    assert fitted.score(X, strings) >= 0.97
    assert fitted.predict(X)[:5] == strings[:5]
    assert fitted.learned_["error_rate"] <= 0.05
    assert (fitted.learned_["sequences"], fitted.learned_["held_out"]) == (80, 8)


def test_lists_of_symbols_are_learned_like_texts(fitted) -> None:
    X, strings = pulses(80, seed=0)
    names = {"a": 7, "b": 9}
    model = clone(fitted).fit(X, [[names[symbol] for symbol in text] for text in strings])
    assert model.symbols_ == [7, 9]
    assert model.predict(X[:3]) == [[names[c] for c in text] for text in fitted.predict(X[:3])]


def test_the_same_seed_gives_the_same_transcripts(fitted) -> None:
    X, _ = pulses(5, seed=2)
    again = clone(fitted).fit(*pulses(80, seed=0))
    assert again.transcribe(X) == fitted.transcribe(X)
    other = clone(fitted).set_params(seed=1).fit(*pulses(80, seed=0))
    assert other.transcribe(X) != fitted.transcribe(X)


def test_a_transcript_has_ordered_times_and_confidences(fitted) -> None:
    X, strings = pulses(20, seed=3)
    for x, text, found in zip(X, strings, fitted.transcribe(X), strict=True):
        assert len(found.times) == len(found.confidence) == len(found.symbols)
        for place, (begin, end) in enumerate(found.times[: len(text)]):
            assert begin < end <= len(x)
            assert abs(end - 4 * (place + 1)) <= 4  # near the end of its pulse
        assert all(0 < confidence <= 1 for confidence in found.confidence)


def test_the_beam_search_agrees_where_the_network_is_certain(fitted) -> None:
    X, _ = pulses(20, seed=4)
    path, beam = fitted.transcribe(X), fitted.transcribe(X, beam=8)
    same = [a.symbols == b.symbols for a, b in zip(path, beam, strict=True)]
    assert np.mean(same) >= 0.9
    assert beam[0].times == path[0].times


@pytest.mark.parametrize("size", [1, 5])
def test_a_stream_of_steps_gives_the_transcript_of_the_sequence(fitted, size) -> None:
    X, _ = pulses(6, seed=5)
    for x, whole in zip(X, fitted.transcribe(X), strict=True):
        stream, found = fitted.stream(), []
        for begin in range(0, len(x), size):
            found += stream.push(x[begin : begin + size])
        found += stream.finish()
        assert [each.symbol for each in found] == whole.symbols
        assert [(each.begin, each.end) for each in found] == whole.times
        np.testing.assert_allclose([e.confidence for e in found], whole.confidence, atol=1e-5)


def test_few_steps_have_the_log_probabilities_of_the_network(fitted) -> None:
    stored = fitted._fitted
    x = np.random.default_rng(0).normal(size=(9, 1)).astype(np.float32)
    state = stored.network.initial_state(1)
    expected, last = stored.network.advance(x[None], state)
    first, between = stored.reader(x[:4], state)
    second, after = stored.reader(x[4:], between)
    found = stored.network.log_probabilities(np.concatenate([first, second]))
    np.testing.assert_allclose(found, expected[0], atol=2e-5)
    for name, value in last.items():
        np.testing.assert_allclose(after[name], value, atol=2e-5)


def test_contributions_of_a_symbol_add_up_and_lie_where_it_is(fitted) -> None:
    X, _ = pulses(12, seed=5)
    centres = []
    for x, found, transcript in zip(X, fitted.contributions(X), fitted.transcribe(X), strict=True):
        assert len(found) == len(transcript.symbols)
        for own, symbol in zip(found, transcript.timed, strict=True):
            assert own.values.shape == x.shape
            assert abs(own.error) <= 0.02 * abs(own.score - own.reference)
            assert own.score == pytest.approx(
                np.log(symbol.confidence / (1 - symbol.confidence)), abs=1e-2
            )
            stretch = own.densest(0.8)
            assert stretch is not None
            # a pulse has four steps; the symbol is written on one of them, or soon after
            centres.append(symbol.begin - stretch[0])
    assert len(centres) > 20
    assert all(-1 <= distance <= 4 for distance in centres)


def test_later_steps_do_not_contribute(fitted) -> None:
    (x, *_), _ = pulses(1, seed=3)
    first = fitted.contributions([x])[0][0]
    place = int(np.flatnonzero(first.steps)[-1])
    changed = x.copy()
    changed[place + 1 :] = 3.0
    again = fitted.contributions([changed])[0][0]
    np.testing.assert_allclose(again.steps[: place + 1], first.steps[: place + 1], atol=1e-5)


def test_a_stream_goes_on_from_a_saved_state(of_sound) -> None:
    samples, _, _ = string_of_tones(6)
    first = of_sound.stream()
    first.push(samples[:2_345])
    state = State.from_bytes(first.state.to_bytes())
    second = of_sound.stream(state)
    rest = samples[2_345:]
    assert second.push(rest) + second.finish() == first.push(rest) + first.finish()
    assert state.nbytes < 10_000


def test_a_stream_begins_anew_after_the_end(of_sound) -> None:
    samples, _, _ = string_of_tones(7)
    stream = of_sound.stream()
    both = [stream.push(samples) + stream.finish() for _ in range(2)]
    assert both[0] == both[1] != []


def test_the_state_of_another_model_is_refused(fitted, of_sound) -> None:
    with pytest.raises(UsageError, match="does not fit this model: h0 is float32 of shape"):
        fitted.stream(Transcriber(**QUICK).fit(*pulses(8, seed=0)).stream().state)
    labels = SequenceClassifier(hidden_size=16, num_layers=1, max_steps=2)
    other = labels.fit(pulses(8, seed=0)[0], [0, 1] * 4).stream().state
    with pytest.raises(UsageError, match="does not fit this model"):
        fitted.stream(other)


def test_words_learned_one_by_one_are_found_in_strings(of_sound) -> None:
    errors, count = 0.0, 0
    for seed in range(10, 20):
        samples, words, _ = string_of_tones(seed)
        errors += (1 - of_sound.score([samples], [words])) * len(words)
        count += len(words)
    assert errors / count <= 0.05
    assert of_sound.symbols_ == ["high", "low"]
    assert of_sound.learned_["error_rate"] <= 0.05


def test_single_words_are_scored_by_their_labels(of_sound) -> None:
    words, labels = tones(20, seed=40)
    assert of_sound.score(words, labels) == of_sound.score(words, [[label] for label in labels])
    assert of_sound.score(words, labels) >= 0.9


def test_given_symbols_keep_their_order_and_may_be_numbers_of_numpy(tmp_path) -> None:
    X, _ = pulses(8, seed=0)
    model = Transcriber(**QUICK, symbols=np.array([3, 1, 2])).fit(X, [[1, 3]] * 8)
    assert model.symbols_ == [3, 1, 2]
    model.save(tmp_path / "a.gated")
    assert Transcriber.load(tmp_path / "a.gated").symbols_ == [3, 1, 2]


def test_words_are_given_soon_after_they_end_and_with_their_times(of_sound) -> None:
    hop = RATE // 100  # 10 ms
    for seed in range(20, 24):
        samples, words, spans = string_of_tones(seed)
        samples = np.append(samples, np.zeros(RATE, dtype=np.float32))
        stream, given, found = of_sound.stream(), [], []
        for begin in range(0, len(samples), hop):
            for each in stream.push(samples[begin : begin + hop]):
                found.append(each)
                given.append((begin + hop) / RATE)
        assert [each.symbol for each in found] == words
        for each, moment, (begin, end) in zip(found, given, spans / RATE, strict=True):
            assert moment - end <= 0.2
            assert abs(each.begin - begin) <= 0.1
            assert abs(each.end - end) <= 0.1


def test_words_are_spotted_in_long_sound(of_sound) -> None:
    samples, words, spans = string_of_tones(30)
    rng = np.random.default_rng(0)
    noise = (0.01 * rng.normal(size=20 * RATE)).astype(np.float32)
    others = np.concatenate([tone(1_100, rng) for _ in range(40)])
    background = [np.concatenate([noise, others, noise])]
    threshold = of_sound.spotting_threshold(background, ["low"])
    [found] = of_sound.spot([np.concatenate([noise, samples, noise])], ["low"], threshold)
    ends = [end / RATE + 20 for word, (_, end) in zip(words, spans, strict=True) if word == "low"]
    assert len(found) == len(ends)
    for each, end in zip(found, ends, strict=True):
        assert each.symbol == "low"
        assert each.score > threshold
        assert abs(each.end - end) <= 0.15
    assert of_sound.spot(background, ["low"], threshold) == [[]]


def test_a_word_that_the_model_does_not_know_cannot_be_spotted(of_sound) -> None:
    with pytest.raises(
        UsageError, match=r"words has 'middle'\. Expected symbols of the model: high"
    ):
        of_sound.spot([np.zeros(RATE)], ["middle"])
    with pytest.raises(UsageError, match=r"false_alarms is -1\. Expected a number from 0"):
        of_sound.spotting_threshold([np.zeros(RATE)], false_alarms=-1)


def test_a_saved_transcriber_gives_the_same_transcripts(of_sound, fitted, tmp_path) -> None:
    samples, _, _ = string_of_tones(8)
    of_sound.save(tmp_path / "a.gated")
    loaded = Transcriber.load(tmp_path / "a.gated")
    assert loaded.transcribe([samples]) == of_sound.transcribe([samples])
    assert loaded.get_params() == of_sound.get_params()
    assert loaded.learned_ == of_sound.learned_
    fitted.save(tmp_path / "b.gated")
    assert Transcriber.load(tmp_path / "b.gated").predict(pulses(2, 9)[0]) == fitted.predict(
        pulses(2, 9)[0]
    )


def test_a_damaged_or_other_file_is_refused(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "a.gated")
    content = (tmp_path / "a.gated").read_bytes()
    for changed in (content[:-100], content[:-3] + b"abc", b"text"):
        (tmp_path / "b.gated").write_bytes(changed)
        with pytest.raises(ModelFileError):
            Transcriber.load(tmp_path / "b.gated")
    with pytest.raises(ModelFileError, match="expected a gated classifier file, found transcriber"):
        SequenceClassifier.load(tmp_path / "a.gated")
    labels = SequenceClassifier(**QUICK).fit(pulses(8, 0)[0], [0, 1] * 4)
    labels.save(tmp_path / "c.gated")
    with pytest.raises(ModelFileError, match="expected a gated transcriber file, found classifier"):
        Transcriber.load(tmp_path / "c.gated")


def test_a_long_table_is_read_with_its_column_of_texts(fitted) -> None:
    X, strings = pulses(12, seed=0)
    parts = [
        pd.DataFrame({"unique_id": f"{i:02}", "ds": range(len(x)), "x": x[:, 0], "text": text})
        for i, (x, text) in enumerate(zip(X, strings, strict=True))
    ]
    table = pd.concat(parts, ignore_index=True)
    model = Transcriber(**QUICK).fit(table, "text")
    assert model.symbols_ == ["a", "b"]
    arrays = Transcriber(**QUICK).fit(X, strings)
    assert model.transcribe(table.drop(columns="text")) == arrays.transcribe(X)


def test_a_sequence_without_a_step_has_an_empty_string_and_is_named(fitted, of_sound) -> None:
    X, strings = pulses(12, seed=0)
    X[3] = np.zeros((0, 1))
    with pytest.warns(GatedWarning, match="sequence 3: no step, so left out of the training"):
        model = Transcriber(**QUICK).fit(X, strings)
    assert model.learned_["sequences"] == 11
    with pytest.warns(GatedWarning, match=r"sequence 3: no step\. Their strings are empty"):
        found = fitted.predict(X)
    assert found[3] == ""
    with pytest.warns(GatedWarning, match=r"sequence 0: no step\. Their strings are empty"):
        assert of_sound.spot([np.zeros(0)]) == [[]]


def test_sound_shorter_than_a_frame_is_read(of_sound) -> None:
    [found] = of_sound.transcribe([np.zeros(3, dtype=np.float32)])
    stream = of_sound.stream()
    assert stream.push(np.zeros(3)) + stream.finish() == list(found.timed)


def test_strings_without_symbols_are_learned_beside_others() -> None:
    X, strings = pulses(12, seed=0)
    strings[0] = ""
    assert Transcriber(**QUICK).fit(X, strings).symbols_ == ["a", "b"]


def test_a_million_steps_are_streamed_in_constant_memory(fitted) -> None:
    stream = fitted.stream()
    part = np.zeros((50_000, 1), dtype=np.float32)
    stream.push(part)
    size = stream.state.nbytes
    tracemalloc.start()
    for _ in range(19):
        stream.push(part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stream.state.nbytes == size
    assert peak < 20 * part.nbytes
    assert stream.state.arrays["decoder.place"][0] == 1_000_000


def test_the_input_is_not_changed(fitted, of_sound) -> None:
    X, strings = pulses(6, seed=7)
    samples, _, _ = string_of_tones(9)
    before = [x.copy() for x in X], samples.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.predict(X)
        of_sound.predict([samples])
        Transcriber(**QUICK).fit(X, strings)
    assert all((x == old).all() for x, old in zip(X, before[0], strict=True))
    assert (samples == before[1]).all()


def test_joined_words_lie_where_their_spans_say() -> None:
    words = [np.full(100, 0.5, np.float32), np.full(60, -0.5, np.float32)]
    joiner = Joiner(words, np.array([3, 8]), 1_000, 2, 4, 0.05)
    first, second = (joiner.draw(np.random.default_rng(5)) for _ in range(2))
    assert (first.samples == second.samples).all()
    assert 2 <= len(first.symbols) <= 4
    inside = np.zeros(len(first.samples), bool)
    for symbol, (begin, end) in zip(first.symbols, first.spans, strict=True):
        assert (first.samples[begin:end] == (0.5 if symbol == 3 else -0.5)).all()
        inside[begin:end] = True
    assert (first.samples[~inside] == 0).all()
    varied = Joiner(words, np.array([3, 8]), 1_000, 2, 4, 0.05, VARIED)
    assert np.isfinite(varied.draw(np.random.default_rng(5)).samples).all()
