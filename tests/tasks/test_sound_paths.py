"""Folders and paths of recordings as X: what is read, what is said, and what is refused."""

import warnings
import wave
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gated import SequenceClassifier, Transcriber
from gated.errors import DataError, GatedWarning, UsageError
from gated.media.audio import read_recording, write_recording

RATE = 8_000
SMALL = {"hidden_size": 8, "max_steps": 30}
PITCHES = {"high": 1_200, "low": 300}


def tone(hertz: float, seed: int, rate: int = RATE) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps = np.arange((1_600 + 80 * (seed % 5)) * rate // RATE)
    wave = 0.4 * np.sin(2 * np.pi * hertz * steps / rate) + 0.02 * rng.normal(size=len(steps))
    return wave.astype(np.float32)


def labelled(folder: Path, count: int = 6) -> Path:
    for label, hertz in PITCHES.items():
        (folder / label).mkdir(parents=True)
        for index in range(count):
            write_recording(folder / label / f"{index}.wav", tone(hertz, index), RATE)
    return folder


@pytest.fixture
def recordings(tmp_path) -> Path:
    return labelled(tmp_path / "recordings")


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> SequenceClassifier:
    folder = labelled(tmp_path_factory.mktemp("sound") / "recordings", 12)
    return SequenceClassifier(hidden_size=16, max_steps=60).fit(folder)


def samples_of(paths: list[Path]) -> list[np.ndarray]:
    return [read_recording(path).samples for path in paths]


class TestFit:
    def test_a_folder_gives_the_network_of_its_samples_and_labels(self, recordings):
        paths = sorted(recordings.glob("*/*.wav"))
        labels = [path.parent.name for path in paths]
        of_folder = SequenceClassifier(rate=RATE, **SMALL).fit(str(recordings))
        of_paths = SequenceClassifier(rate=RATE, **SMALL).fit(paths, labels)
        of_arrays = SequenceClassifier(rate=RATE, **SMALL).fit(samples_of(paths), labels)
        expected = of_arrays.predict_proba(samples_of(paths))
        assert (of_folder.predict_proba(recordings) == expected).all()
        assert (of_paths.predict_proba(paths) == expected).all()
        assert of_folder.learned_["notes"] == []

    @pytest.mark.parametrize("series", [pd.Series, pl.Series])
    def test_paths_may_be_a_column_of_a_table(self, recordings, series):
        paths = list(map(str, sorted(recordings.glob("*/*.wav"))))
        model = SequenceClassifier(**SMALL).fit(series(paths), series([0] * 6 + [1] * 6))
        assert model.classes_.tolist() == [0, 1]
        assert model.predict(series(paths)).shape == (12,)

    def test_the_most_frequent_rate_is_used_kept_and_said(self, recordings, tmp_path):
        write_recording(recordings / "low" / "x.wav", tone(300, 1, 16_000), 16_000)
        model = SequenceClassifier(**SMALL)
        note = f"{recordings}: 1 of 13 recordings resampled from 16,000 to 8,000 Hz: `low/x.wav`."
        with pytest.warns(GatedWarning) as warned:
            model.fit(recordings)
        assert [str(each.message) for each in warned] == [note] == model.learned_["notes"]
        assert (model.rate, model.rate_) == (None, RATE)
        model.save(tmp_path / "tones.gated")
        loaded = SequenceClassifier.load(tmp_path / "tones.gated")
        assert (loaded.rate, loaded.rate_) == (RATE, RATE)
        [low] = loaded.predict_proba([tone(300, 40)])  # arrays are samples at that rate
        assert low.sum() == pytest.approx(1)

    def test_a_given_rate_is_that_of_the_network(self, recordings):
        with pytest.warns(GatedWarning, match="12 of 12 recordings resampled from 8,000 to 16,000"):
            model = SequenceClassifier(rate=16_000, **SMALL).fit(recordings)
        assert model.rate_ == 16_000

    def test_stereo_is_mixed_and_said(self, recordings):
        path = recordings / "low" / "0.wav"
        write_stereo(path)
        paths = sorted(recordings.glob("*/*.wav"))
        expected = f"1 of 12 recordings several channels mixed to one: `{path}`."
        with pytest.warns(GatedWarning) as warned:
            SequenceClassifier(**SMALL).fit(paths, [0] * 6 + [1] * 6)
        assert [str(each.message) for each in warned] == [expected]

    def test_one_broken_file_among_hundreds_is_left_out_and_named(self, tmp_path):
        folder = labelled(tmp_path / "many", 101)
        (folder / "low" / "7.wav").write_bytes(b"text")
        with pytest.warns(GatedWarning) as warned:
            model = SequenceClassifier(hidden_size=4, max_steps=2).fit(folder)
        [message] = [str(each.message) for each in warned]
        assert message.startswith(f"{folder}/low/7.wav is left out: is not a file of sound.")
        assert model.learned_["sequences"] == 201
        assert model.learned_["notes"] == [message]

    def test_the_labels_of_a_list_stay_with_their_files(self, recordings):
        paths = [*sorted(recordings.glob("*/*.wav")), recordings / "none.wav"]
        labels = ["a", *["high"] * 5, *["low"] * 6, "low"]
        paths[0].write_bytes(b"text")  # the only file of the label a
        with pytest.warns(GatedWarning) as warned:
            model = SequenceClassifier(**SMALL).fit(paths, labels)
        assert model.classes_.tolist() == ["high", "low"]
        first, second = (str(each.message) for each in warned)
        assert first.startswith(f"{paths[0]} is left out: is not a file of sound.")
        assert second.startswith(f"{paths[-1]} is left out: there is no such file.")

    def test_sound_without_a_sample_is_left_out(self, recordings):
        write_recording(recordings / "low" / "0.wav", np.zeros(0, dtype=np.float32), RATE)
        with pytest.warns(GatedWarning, match=r"low/0\.wav is left out: the sound has length 0"):
            SequenceClassifier(**SMALL).fit(recordings)

    def test_a_folder_with_one_label_is_refused(self, recordings):
        for path in (recordings / "low").iterdir():
            path.unlink()
        (recordings / "low").rmdir()
        with pytest.raises(DataError, match="all recordings have the label `high`"):
            SequenceClassifier().fit(recordings)

    def test_one_recording_of_a_label_is_refused(self, recordings):
        paths = sorted((recordings / "low").iterdir())
        for path in paths[1:]:
            path.unlink()
        with pytest.raises(DataError, match=r"fewer than two recordings.*low \(1\)"):
            SequenceClassifier().fit(recordings)
        others = sorted((recordings / "high").iterdir())
        with pytest.raises(DataError, match="The label 'low' has one sequence"):
            SequenceClassifier().fit([*others, paths[0]], ["high"] * 6 + ["low"])

    def test_a_list_of_unreadable_files_is_refused(self, tmp_path):
        paths = [tmp_path / "a.wav", tmp_path / "b.wav"]
        with pytest.raises(
            DataError, match=r"None of 2 files can be read[^\0]*a\.wav: there is no"
        ):
            SequenceClassifier().fit(paths, [0, 1])

    @pytest.mark.parametrize(
        ("X", "y", "error", "message"),
        [
            ("recordings", ["a"], UsageError, "X is the path recordings, and y is given too"),
            ("none", None, DataError, "none: there is no such folder"),
            ("recordings/low/0.wav", None, DataError, r"0\.wav: is not a folder"),
            (["a.wav", "b.wav"], None, UsageError, "y is missing, and X is a list of paths"),
            (["a.wav", "b.wav"], [1], DataError, "y has 1 label, but X has 2 paths"),
            (["a.wav", [1.0]], [0, 1], DataError, "sequence 0 is no array of numbers"),
        ],
    )
    def test_what_does_not_fit_together_is_refused(
        self, recordings, monkeypatch, X, y, error, message
    ):
        monkeypatch.chdir(recordings.parent)
        with pytest.raises(error, match=message):
            SequenceClassifier(**SMALL).fit(X, y)


class TestPredict:
    def test_a_file_a_list_and_a_folder_give_the_answers_of_their_samples(self, fitted, recordings):
        paths = sorted(recordings.glob("*/*.wav"))
        expected = fitted.predict_proba(samples_of(paths))
        assert (fitted.predict_proba(recordings) == expected).all()
        assert (fitted.predict_proba(list(map(str, paths))) == expected).all()
        one = fitted.predict_proba(paths[0])
        np.testing.assert_allclose(one, expected[:1], atol=1e-6)
        assert (fitted.predict(paths[:1] * 2) == fitted.predict(paths[:1])[0]).all()

    def test_another_rate_is_resampled_and_said(self, fitted, tmp_path):
        write_recording(tmp_path / "new.wav", tone(300, 50, 16_000), 16_000)
        with pytest.warns(GatedWarning, match="1 of 1 recording resampled from 16,000 to 8,000 Hz"):
            assert fitted.predict(tmp_path / "new.wav").tolist() == ["low"]

    def test_a_file_that_cannot_be_read_is_refused_and_named(self, fitted, recordings):
        bad = recordings / "low" / "0.wav"
        bad.write_bytes(b"text")
        message = rf"1 file of 12 cannot be read\. Expected[^\0]*\n{bad}: is not a file of sound"
        with pytest.raises(DataError, match=message):
            fitted.predict(recordings)

    def test_a_folder_without_sound_is_refused(self, fitted, tmp_path):
        with pytest.raises(DataError, match="has no file of sound"):
            fitted.predict(tmp_path)

    def test_a_network_of_arrays_reads_no_files(self, recordings):
        model = SequenceClassifier(**SMALL).fit(
            [[[float(i % 2)]] * 3 for i in range(8)], [0, 1] * 4
        )
        assert model.rate_ is None
        for call in (model.predict, model.score):
            with pytest.raises(UsageError, match="this network reads arrays"):
                call(recordings)


class TestScore:
    def test_a_folder_names_its_labels(self, fitted, recordings):
        paths = sorted(recordings.glob("*/*.wav"))
        labels = ["high"] * 6 + ["low"] * 6
        assert fitted.score(recordings) == fitted.score(paths, labels) == 1
        (recordings / "low").rename(recordings / "deep")
        assert fitted.score(recordings) == 0.5  # a label that the model does not know

    def test_one_recording_is_enough_and_a_broken_one_is_left_out(self, fitted, tmp_path):
        folder = labelled(tmp_path / "few", 1)
        (folder / "low" / "bad.wav").write_bytes(b"text")
        with pytest.warns(GatedWarning, match=r"bad\.wav is left out: is not a file of sound"):
            assert fitted.score(folder) == 1
        (folder / "low" / "0.wav").write_bytes(b"text")
        (folder / "high" / "0.wav").write_bytes(b"text")
        with pytest.raises(DataError, match="none of its 3 recordings can be read"):
            fitted.score(folder)

    def test_labels_that_are_numbers_are_those_of_the_folders(self, recordings):
        for label, name in (("high", "1"), ("low", "0")):
            (recordings / label).rename(recordings / name)
        paths = sorted(recordings.glob("*/*.wav"))
        model = SequenceClassifier(hidden_size=16, max_steps=60).fit(paths, [0] * 6 + [1] * 6)
        assert model.score(recordings) == model.score(paths, [0] * 6 + [1] * 6) == 1

    def test_arrays_need_labels(self, fitted):
        with pytest.raises(UsageError, match="y is missing"):
            fitted.score([np.zeros(800)])


class TestTranscriber:
    def test_a_folder_of_words_is_joined(self, recordings, tmp_path):
        model = Transcriber(join=(1, 2), hidden_size=8, max_steps=3, batch_size=4)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.fit(recordings)
        assert (model.rate, model.rate_, model.symbols_) == (None, RATE, ["high", "low"])
        model.save(tmp_path / "words.gated")
        loaded = Transcriber.load(tmp_path / "words.gated")
        assert loaded.rate == RATE
        paths = sorted(recordings.glob("*/*.wav"))
        assert loaded.predict(recordings) == loaded.predict(samples_of(paths))

    def test_paths_have_their_strings(self, recordings):
        paths = sorted(recordings.glob("*/*.wav"))
        paths[0].write_bytes(b"text")
        with pytest.warns(GatedWarning, match=r"0\.wav is left out"):
            model = Transcriber(hidden_size=8, max_steps=3, batch_size=4).fit(
                paths, ["x", *["h"] * 5, *["l"] * 6]
            )
        assert model.symbols_ == ["h", "l"]
        assert len(model.predict(paths[1:])) == 11
        with pytest.raises(DataError, match="1 file of 12 cannot be read"):
            model.predict(paths)

    def test_a_folder_without_join_is_refused(self, recordings):
        with pytest.raises(UsageError, match="neither y nor join is given"):
            Transcriber().fit(recordings)

    def test_a_number_of_strings_that_does_not_fit_is_refused(self, recordings):
        with pytest.raises(DataError, match="y has 1 string, but X has 2 paths"):
            Transcriber().fit(["a.wav", "b.wav"], ["a"])


def write_stereo(path: Path) -> None:
    both = np.repeat((tone(300, 0) * 32_767).astype("<i2"), 2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(both.tobytes())
