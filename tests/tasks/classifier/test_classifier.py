"""The classifier: what it learns, its streams, its file, and the input that it refuses."""

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from gated import SequenceClassifier
from gated.errors import DataError, GatedWarning, ModelFileError, NotFittedError, UsageError
from gated.tasks import State


def _waves(count: int = 60, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Sequences of unequal length: a slow and a fast wave with noise."""
    rng = np.random.default_rng(seed)
    X, y = [], []
    for index in range(count):
        steps, speed = int(rng.integers(12, 30)), (0.3, 0.9)[index % 2]
        phase = rng.uniform(0, 6)
        wave = np.sin(speed * np.arange(steps) + phase) + 0.1 * rng.normal(size=steps)
        X.append(np.stack([wave, rng.normal(size=steps)], 1).astype(np.float32))
        y.append(("slow", "fast")[index % 2])
    return X, y


@pytest.fixture(scope="module")
def fitted() -> SequenceClassifier:
    return SequenceClassifier(hidden_size=16, num_layers=2, max_steps=120, batch_size=16).fit(
        *_waves()
    )


def test_it_learns_the_speed_of_a_wave(fitted) -> None:
    X, y = _waves(40, seed=1)
    assert fitted.classes_.tolist() == ["fast", "slow"]
    assert fitted.score(X, y) >= 0.95
    np.testing.assert_allclose(fitted.predict_proba(X).sum(1), 1, atol=1e-6)
    assert fitted.learned_["accuracy"] >= 0.9


def test_the_same_seed_gives_the_same_probabilities(fitted) -> None:
    X, _ = _waves(5, seed=2)
    first, again, other = (
        clone(fitted).set_params(max_steps=20, seed=seed).fit(*_waves()).predict_proba(X)
        for seed in (0, 0, 1)
    )
    assert (again == first).all()
    assert (other != first).any()


def test_padding_and_company_do_not_change_an_answer(fitted) -> None:
    X, _ = _waves(30, seed=3)
    together = fitted.predict_proba(X)
    alone = np.concatenate([fitted.predict_proba([one]) for one in X])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("size", [1, 5])
def test_a_stream_gives_the_answer_of_the_sequence_so_far(fitted, size) -> None:
    (x, *_), _ = _waves(1, seed=4)
    stream = fitted.stream()
    for end in range(size, len(x), size):
        found = stream.push(x[end - size : end])
        np.testing.assert_allclose(found, fitted.predict_proba([x[:end]])[0], atol=1e-5)


def test_chrono_lets_half_of_the_units_remember_at_first() -> None:
    X, y = _waves(8)
    plain, long = (
        SequenceClassifier(hidden_size=8, max_steps=1, learning_rate=1e-9, seed=0, chrono=chrono)
        .fit(X, y)
        .gates(X)[0][0]
        .update.mean(0)
        for chrono in (None, 100)
    )
    assert (long[4:] > plain[4:]).all()
    assert long[4:].mean() > 0.9


@pytest.mark.parametrize("chrono", [2, 2.5, True, "long", 10**7])
def test_chrono_is_a_number_of_steps(chrono) -> None:
    with pytest.raises(UsageError, match=r"chrono is .* whole number from 3 to 1,000,000"):
        SequenceClassifier(chrono=chrono).fit(*_waves(4))


def test_it_is_copied_and_pickled_after_a_stream(fitted) -> None:
    (x, *_), _ = _waves(1, seed=5)
    expected = fitted.stream().push(x)
    for other in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(other.stream().push(x), expected)


def test_contributions_add_up_to_the_log_odds(fitted) -> None:
    X, _ = _waves(6, seed=7)
    probabilities = fitted.predict_proba(X)
    for found, own, x in zip(fitted.contributions(X), probabilities, X, strict=True):
        assert found.values.shape == x.shape
        assert found.score == pytest.approx(np.log(own.max() / own.min()), abs=1e-3)
        assert abs(found.error) <= 0.02 * abs(found.score - found.reference)
    for fast, slow in zip(
        fitted.contributions(X, "fast"), fitted.contributions(X, "slow"), strict=True
    ):
        np.testing.assert_allclose(fast.values, -slow.values, atol=1e-4)


def test_the_channel_with_the_signal_contributes_most(fitted) -> None:
    X, _ = _waves(20, seed=7)
    sums = np.array([found.values.sum(0) for found in fitted.contributions(X)]).sum(0)
    assert sums[0] > 5 * abs(sums[1])


def test_steps_that_contribute_much_change_the_label_most(fitted) -> None:
    X, _ = _waves(20, seed=7)
    mean = fitted._fitted.network.model.mean_step()
    rng = np.random.default_rng(0)
    drops = {"most": [], "random": []}
    for x, found in zip(X, fitted.contributions(X), strict=True):
        label = str(fitted.predict([x])[0])
        removed = len(x) // 4
        for name, order in (
            ("most", np.argsort(-found.steps)),
            ("random", rng.permutation(len(x))),
        ):
            changed = x.copy()
            changed[order[:removed]] = mean
            drops[name].append(found.score - fitted.contributions([changed], label)[0].score)
    assert np.mean(drops["most"]) > 1.5 * np.mean(drops["random"]) > 0


def test_a_state_does_not_keep_the_steps_before_it(fitted) -> None:
    stream = fitted.stream()
    stream.push(np.zeros((30, 2), dtype=np.float32))
    for name, array in stream.state.arrays.items():
        base = array if array.base is None else array.base
        assert base.nbytes <= 4 * array.nbytes, name


def test_an_unknown_label_has_no_contributions(fitted) -> None:
    with pytest.raises(UsageError, match="label is 'loud'"):
        fitted.contributions(_waves(1)[0], "loud")
    with pytest.raises(UsageError, match="label is array"):
        fitted.contributions(_waves(1)[0], np.array([0, 1]))
    with pytest.raises(DataError, match="Expected at least one step"):
        fitted.contributions([np.zeros((0, 2), dtype=np.float32)])


def test_a_stream_goes_on_from_a_saved_state(fitted) -> None:
    (x, *_), _ = _waves(1, seed=5)
    first = fitted.stream()
    before = first.push(x[:7])
    state = State.from_bytes(first.state.to_bytes())
    second = fitted.stream(state)
    assert (second.probabilities == before).all()
    assert (second.push(x[7:]) == first.push(x[7:])).all()
    assert state.nbytes < 10_000


def test_a_stream_begins_at_the_shares_of_the_training(fitted) -> None:
    assert fitted.stream().push(np.zeros((0, 2))).tolist() == [0.5, 0.5]


def test_the_state_of_another_model_is_refused(fitted) -> None:
    other = SequenceClassifier(hidden_size=8, max_steps=2).fit(*_waves(8))
    with pytest.raises(UsageError, match="does not fit this model: h0 is float32 of shape"):
        fitted.stream(other.stream().state)
    with pytest.raises(UsageError, match="are no state of a stream"):
        State.from_bytes(b"nothing")


def test_a_saved_classifier_gives_the_same_answers(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "a.gated")
    loaded = SequenceClassifier.load(tmp_path / "a.gated")
    X, _ = _waves(10, seed=6)
    assert (loaded.predict_proba(X) == fitted.predict_proba(X)).all()
    assert loaded.get_params() == fitted.get_params()
    assert loaded.learned_ == fitted.learned_


def test_a_damaged_or_other_file_is_refused(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "a.gated")
    content = (tmp_path / "a.gated").read_bytes()
    for changed in (content[:-100], content[:-3] + b"abc", b"text"):
        (tmp_path / "b.gated").write_bytes(changed)
        with pytest.raises(ModelFileError):
            SequenceClassifier.load(tmp_path / "b.gated")


def test_sound_is_read_in_samples_and_streamed() -> None:
    rng = np.random.default_rng(0)
    tones = [
        np.sin(2 * np.pi * (300, 900)[i % 2] * np.arange(2_000 + 100 * (i % 5)) / 8_000)
        + 0.05 * rng.normal(size=2_000 + 100 * (i % 5))
        for i in range(24)
    ]
    model = SequenceClassifier(rate=8_000, hidden_size=16, max_steps=60).fit(tones, [0, 1] * 12)
    assert model.score(tones, [0, 1] * 12) == 1
    stream = model.stream()
    for begin in range(0, len(tones[0]), 130):
        found = stream.push(tones[0][begin : begin + 130])
    np.testing.assert_allclose(found, model.predict_proba(tones[:1])[0], atol=1e-4)
    assert stream.state.nbytes < 10_000


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_long_table_is_read_with_its_label_column(frame) -> None:
    X, y = _waves(12)
    rows = {"unique_id": [], "ds": [], "a": [], "b": [], "speed": []}
    for index, (x, label) in enumerate(zip(X, y, strict=True)):
        for step in range(len(x)):
            values = (f"{index:02}", step, float(x[step, 0]), float(x[step, 1]), label)
            for column, value in zip(rows.values(), values, strict=True):
                column.append(value)
    model = SequenceClassifier(hidden_size=8, max_steps=5).fit(frame(rows), "speed")
    arrays = SequenceClassifier(hidden_size=8, max_steps=5).fit(X, y)
    unlabelled = {name: column for name, column in rows.items() if name != "speed"}
    assert (model.predict_proba(frame(unlabelled)) == arrays.predict_proba(X)).all()


def test_the_channels_of_an_array_must_be_said() -> None:
    X = np.random.default_rng(0).normal(size=(8, 5, 3))
    with pytest.raises(UsageError, match=r'Pass channels="last" .* or channels="first"'):
        SequenceClassifier(max_steps=2).fit(X, [0, 1] * 4)
    last = SequenceClassifier(channels="last", hidden_size=8, max_steps=2).fit(X, [0, 1] * 4)
    first = SequenceClassifier(channels="first", hidden_size=8, max_steps=2)
    first.fit(X.transpose(0, 2, 1), [0, 1] * 4)
    assert (last.predict_proba(X) == first.predict_proba(X.transpose(0, 2, 1))).all()


def test_arrays_that_seem_to_have_channels_first_are_refused() -> None:
    X = [np.zeros((2, steps)) for steps in (5, 6, 7, 8)]
    with pytest.raises(UsageError, match=r"they seem to be \(channels, steps\)"):
        SequenceClassifier().fit(X, [0, 1, 0, 1])


def test_an_empty_sequence_among_many_is_left_out_and_named(fitted) -> None:
    X, y = _waves(12)
    X[3] = np.zeros((0, 2))
    with pytest.warns(GatedWarning, match="sequence 3: no step, so left out of the training"):
        model = SequenceClassifier(hidden_size=8, max_steps=2).fit(X, y)
    assert model.learned_["sequences"] == 11
    with pytest.warns(GatedWarning, match=r"sequence 3: no step\. Their probabilities"):
        found = fitted.predict_proba(X)
    assert found[3].tolist() == [0.5, 0.5]


def test_a_million_steps_are_read(fitted) -> None:
    found = fitted.predict_proba([np.zeros((1_000_000, 2), dtype=np.float32)])
    assert np.isfinite(found).all()


def test_a_rare_label_counts_more_where_the_weights_are_balanced() -> None:
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(6, 1)) for _ in range(40)]
    y = [0] * 36 + [1] * 4  # no difference between them
    plain = SequenceClassifier(hidden_size=8, max_steps=40, validation=0).fit(X, y)
    even = SequenceClassifier(
        hidden_size=8, max_steps=40, validation=0, class_weight="balanced"
    ).fit(X, y)
    fresh = [rng.normal(size=(6, 1)) for _ in range(40)]
    assert even.predict_proba(fresh)[:, 1].mean() > 2 * plain.predict_proba(fresh)[:, 1].mean()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([], [], "X has no sequence"),
        ([[[1.0]]] * 4, [0, 0, 0, 0], "All sequences have the label 0. Expected at least two"),
        ([[[1.0]]] * 4, [0, 0, 0, 1], "The label 1 has one sequence. Expected at least two"),
        ([[[1.0]]] * 4, [0, 1], "but X has 4 sequences. Expected one label for each"),
        ([[[1.0]], [[np.nan]]], [0, 1], "sequence 1 holds nan at step 0. Expected finite"),
        ([[[1.0]], [["a"]]], [0, 1], "sequence 1 is no array of numbers"),
        (
            [[[1.0]], [[1.0, 2.0], [3.0, 4.0]]],
            [0, 1],
            "sequence 1 has 2 channels, but sequence 0 has 1",
        ),
        ([[[1.0]], [[[1.0]]]], [0, 1], r"sequence 1 has shape \[1, 1, 1\]. Expected \(steps"),
        ([[[1.0]]] * 4, [0, 1, 0, None], "The labels are of type|not supported between"),
    ],
)
def test_sequences_that_cannot_be_learned_from_are_refused(X, y, message) -> None:
    with pytest.raises((DataError, TypeError), match=message):
        SequenceClassifier(max_steps=2).fit(X, y)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hidden_size": 0}, "hidden_size is 0. Expected a whole number from 1"),
        ({"dropout": 2}, "dropout is 2. Expected a number from 0 to 1"),
        ({"rate": 5}, "rate is 5. Expected a whole number from 1,000"),
        ({"refit": "no"}, "refit is 'no'. Expected \"auto\", True or False"),
        ({"augment": "yes"}, "augment is 'yes'. Expected True or False"),
        ({"class_weight": {"a": 1}}, "class_weight names 'a'. Expected a label: 0, 1"),
        ({"class_weight": "even"}, "class_weight is 'even'. Expected None"),
        ({"seed": 1, "random_state": 2}, "seed and random_state differ"),
        ({"channels": "middle"}, "channels is 'middle'"),
    ],
)
def test_a_hyperparameter_out_of_range_is_refused_by_fit(params, message) -> None:
    model = SequenceClassifier(**{"max_steps": 2, **params})
    X = [np.ones(2_000)] * 4 if "rate" in params else [[[1.0]]] * 4
    with pytest.raises(UsageError, match=message):
        model.fit(X, [0, 1, 0, 1])


def test_what_is_not_fitted_says_so() -> None:
    with pytest.raises(NotFittedError, match=r"is not fitted\. Call fit"):
        SequenceClassifier().predict([[[1.0]]])
    assert not hasattr(SequenceClassifier(), "classes_")
    with pytest.raises(UsageError, match="'colour' is not a parameter"):
        SequenceClassifier().set_params(colour=1)


def test_another_number_of_channels_is_refused(fitted) -> None:
    with pytest.raises(DataError, match=r"sequence 0 has 3 channels\. Expected 2, as in training"):
        fitted.predict([np.zeros((4, 3))])
    with pytest.raises(DataError, match=r"The part has shape \[4, 3\]. Expected \[t, 2\] steps"):
        fitted.stream().push(np.zeros((4, 3)))
    with pytest.raises(DataError, match="not finite"):
        fitted.stream().push(np.full((4, 2), np.nan))


def test_one_run_is_enough_where_no_refit_follows(monkeypatch) -> None:
    """The held-out sequences are then not learned from, and the steps count once."""
    X, y = _waves(40)
    seen: list[int] = []
    model = SequenceClassifier(hidden_size=8, max_steps=20, refit=False)
    model.fit(X, y, progress=lambda step: seen.append(step.steps))
    assert (len(seen), set(seen)) == (20, {20})
    assert model.learned_["refit"] is False
    assert model.learned_["held_out"] == 6
    assert model.learned_["steps"] <= 20
    seen.clear()
    model.set_params(refit="auto").fit(X, y, progress=lambda step: seen.append(step.steps))
    assert (len(seen) > 20, max(seen)) == (True, 40)
    assert model.learned_["refit"] is True
    monkeypatch.setattr("gated.tasks.classifier.training._MANY", 40)
    assert model.fit(X, y).learned_["refit"] is False


def test_the_input_is_not_changed(fitted) -> None:
    X, _ = _waves(3, seed=7)
    before = [x.copy() for x in X]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.predict(X)
    assert all((x == old).all() for x, old in zip(X, before, strict=True))
