"""Pictures of recordings and of arrays: labels and words over time, and the gates."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gated import SequenceClassifier, Transcriber
from gated.errors import DataError, UsageError
from gated.plot.panels.heat import HeatMap
from gated.plot.panels.lines import Curves
from gated.plot.panels.words import Words
from gated.tasks.pictures import label_picture, recordings_picture, transcript_picture
from gated.tasks.pictures.sound import pauses
from tests.tasks.transcriber.strings import RATE, SMALL, pulses, tones


@pytest.fixture(scope="module")
def classifier() -> SequenceClassifier:
    X, y = tones(24, seed=0)
    return SequenceClassifier(rate=RATE, hidden_size=12, max_steps=20).fit(X, y)


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    params = {"max_steps": 60, "learning_rate": 1e-2, "dropout": 0.0, "augment": False}
    return Transcriber(rate=RATE, join=(1, 3), **SMALL, **params).fit(*tones(24, seed=0))


def of_kind(made, kind):
    return [panel for panel in made.picture.panels if isinstance(panel, kind)]


def test_the_last_probability_over_time_is_that_of_the_whole(classifier):
    X, _ = tones(4, seed=1)
    for samples, found in zip(X, classifier.predict_proba_over_time(X), strict=True):
        np.testing.assert_allclose(found[-1], classifier.predict_proba([samples])[0], atol=1e-5)
        np.testing.assert_allclose(found.sum(1), 1.0, atol=1e-5)
    (short,) = classifier.predict_proba_over_time(X[:1], most=5)
    np.testing.assert_allclose(short[-1], classifier.predict_proba(X[:1])[0], atol=1e-5)
    assert short.shape == (5, 2)


def test_probabilities_over_time_are_those_of_a_stream(classifier):
    X, _ = tones(1, seed=1)
    (found,) = classifier.predict_proba_over_time(X)
    hop, window = 60, 120  # of LogMel at 4,000 Hz
    stream = classifier.stream()
    stream.push(X[0][:window])
    for step in range(1, 4):
        begin = window + (step - 1) * hop
        pushed = stream.push(X[0][begin : begin + hop])
        np.testing.assert_allclose(found[step], pushed, atol=1e-5)


def test_a_label_is_drawn_over_time_above_the_spectrogram(classifier):
    X, _ = tones(1, seed=1)
    made = label_picture(classifier, X[0], explain=False, title="Mine")
    ElementTree.fromstring(made.picture.svg())
    (words,), (curve,), (heat,) = (of_kind(made, kind) for kind in (Words, Curves, HeatMap))
    assert {word.word for word in words.words} <= {"high", "low"}
    assert curve.values.shape[1] == heat.values.shape[1]
    assert sum(word.end - word.begin for word in words.words) == pytest.approx(
        heat.end - heat.begin
    )
    assert made.explanation is None


def test_the_gates_lie_below_on_the_same_times(classifier):
    X, _ = tones(1, seed=1)
    made = label_picture(classifier, X[0], explain=True)
    heat_maps = of_kind(made, HeatMap)
    assert len(heat_maps) == 3  # the spectrogram, two blocks
    assert len({(each.begin, each.end, each.values.shape[1]) for each in heat_maps}) == 1
    assert len(made.explanation.blocks[0]["kept"]) == heat_maps[0].values.shape[1]
    assert made.picture.notes == made.explanation.sentences


def test_the_contributions_to_the_label_stand_between_sound_and_gates(classifier):
    X, _ = tones(1, seed=1)
    made = label_picture(classifier, X[0], explain=True)
    found, label = classifier.contributions(X)[0], classifier.predict(X)[0]
    (curve,) = [each for each in of_kind(made, Curves) if "log-odds" in each.title]
    assert curve.title == f"What each frame adds to the log-odds of {label}"
    np.testing.assert_allclose(curve.values[0], found.steps)
    told = made.explanation.sentences[0]
    assert told.startswith(f"The probability of {label} is ")
    assert " where every frame is the mean of the training. " in told
    (values,) = made.explanation.contributions
    assert values["of"] == label
    np.testing.assert_allclose(values["steps"], found.steps, atol=1e-4)
    ElementTree.fromstring(made.picture.svg())


def test_of_arrays_the_strongest_channel_is_named():
    X = [np.random.default_rng(i).normal([0, 3 * (i % 2)], size=(20, 2)) for i in range(12)]
    model = SequenceClassifier(hidden_size=8, max_steps=60).fit(X, [0, 1] * 6)
    told = label_picture(model, X[1], explain=True).explanation.sentences[0]
    assert "Channel 2 contributes most" in told
    assert "where every step is the mean of the training" in told
    assert " of 20." in told


def test_words_have_rows_where_they_were_heard(transcriber):
    X, _ = tones(2, seed=2)
    samples = np.concatenate([X[0], np.zeros(RATE, np.float32), X[1]])
    (transcript,) = transcriber.transcribe([samples])
    made = transcript_picture(transcriber, samples, transcript, explain=True)
    (heard,) = [each for each in of_kind(made, HeatMap) if "read" in each.title]
    assert [label for _, label in heard.ticks] == transcript.symbols
    assert heard.values.shape[0] == len(transcript.timed)
    assert heard.values.max(1).tolist() == [1.0] * len(transcript.timed)
    told = made.explanation.sentences[: len(transcript.timed)]
    assert all(
        f"{word}: At least half of" in line
        for word, line in zip(transcript.symbols, told, strict=True)
    )
    ElementTree.fromstring(made.picture.svg())


def test_the_share_of_a_channel_is_at_most_all():
    X = [np.random.default_rng(i).normal([0, 2 * (i % 2)], size=(12, 2)) for i in range(12)]
    model = SequenceClassifier(hidden_size=8, max_steps=40).fit(X, [0, 1] * 6)
    for x in X:
        told = label_picture(model, x, explain=True).explanation.sentences[0]
        (share,) = re.findall(r"contributes most: (\d+) %", told)
        assert 50 <= int(share) <= 100


def test_a_transcript_of_another_sequence_is_refused(transcriber):
    X, _ = tones(2, seed=2)
    both = np.concatenate([X[0], np.zeros(RATE, np.float32), X[1]])
    (transcript,) = transcriber.transcribe([both])
    with pytest.raises(UsageError, match="The transcript is not that of this sequence with beam=1"):
        transcript_picture(transcriber, X[0], transcript, explain=True)


def test_what_takes_too_long_is_left_out_and_said(classifier, transcriber, monkeypatch):
    monkeypatch.setattr("gated.tasks.pictures.sound.MOST_STEPS", 3)
    monkeypatch.setattr("gated.tasks.pictures.sound._MOST_WORK", 3)
    (x, *_), _ = tones(1, seed=2)
    made = label_picture(classifier, x, explain=True)
    assert made.explanation.sentences[0].endswith("steps adds was not computed.")
    (transcript,) = transcriber.transcribe([x])
    made = transcript_picture(transcriber, x, transcript, explain=True)
    assert made.explanation.sentences[0].endswith("symbols was read was not computed.")
    assert made.explanation.contributions == ()


def test_channels_are_lines_where_a_model_reads_arrays():
    X = [np.random.default_rng(i).normal(i % 2, size=(20, 12)) for i in range(8)]
    model = SequenceClassifier(hidden_size=8, max_steps=5).fit(X, [0, 1] * 4)
    made = label_picture(model, X[0], explain=True)
    channels = of_kind(made, Curves)[1]
    assert channels.values.shape == (8, 20)
    assert channels.title == "Channels (the first 8 of 12)"
    assert made.picture.unit == ""
    assert "pauses" not in made.explanation.blocks[0]
    assert "step" in made.picture.svg()


def test_words_stand_at_their_times_within_the_picture(transcriber):
    X, _ = tones(4, seed=2)
    samples = np.concatenate([X[0], np.zeros(RATE, np.float32), X[1]])
    (transcript,) = transcriber.transcribe([samples])
    made = transcript_picture(transcriber, samples, transcript, explain=True)
    assert transcript.timed
    (words,) = of_kind(made, Words)
    found = [(word.word, word.begin, word.confidence) for word in words.words]
    assert found == [(each.symbol, each.begin, each.confidence) for each in transcript.timed]
    assert all(word.end <= made.picture.end for word in words.words)
    assert "pauses" in made.explanation.blocks[0]
    assert any("at the pauses it keeps" in line for line in made.explanation.sentences)


def test_strings_of_arrays_can_be_drawn():
    X, y = pulses(20, seed=0)
    model = Transcriber(**{**SMALL, "num_layers": 2}, max_steps=3).fit(X, y)
    (transcript,) = model.transcribe(X[:1])
    made = transcript_picture(
        model, np.asarray(X[0]).reshape(len(X[0]), -1), transcript, explain=True
    )
    heard = 1 if transcript.timed else 0
    assert len(of_kind(made, HeatMap)) == 2 + heard
    assert len(of_kind(made, Curves)) == 1


def test_recordings_are_shown_one_after_another(classifier):
    X, _ = tones(3, seed=1)
    made = recordings_picture(classifier, X, explain=True)
    (words,) = of_kind(made, Words)
    assert [word.word for word in words.words] == classifier.predict(X).tolist()
    ends = [word.end for word in words.words]
    assert [word.begin for word in words.words][1:] == ends[:-1]
    first = classifier.gates(X[:1])[0][0].kept
    assert made.explanation.blocks[0]["kept"][: len(first)] == [round(float(k), 4) for k in first]


def test_quiet_frames_are_pauses():
    frames = np.log(np.array([[1.0, 1.0], [1e-4, 1e-4], [0.5, 0.0 + 1e-6]], np.float32))
    assert pauses(frames).tolist() == [False, True, False]


def test_a_sequence_without_a_step_is_refused(classifier, transcriber):
    with pytest.raises(DataError, match="no step"):
        classifier.gates([np.zeros((0,), np.float32)])
    with pytest.raises(DataError, match="no step"):
        classifier.predict_proba_over_time([np.zeros((0,), np.float32)])
