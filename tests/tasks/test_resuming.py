"""Interrupted trainings of labels and of strings resume to the bits of uninterrupted ones."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gated import SequenceClassifier, Transcriber
from gated.array_file import kind_of
from gated.errors import GatedError, ModelFileError
from gated.train import load_tensors, save_tensors
from gated.train.checkpoint import KIND, VERSION
from tests.tasks.transcriber.strings import RATE, SMALL, pulses, tones

STEPS = 6


def _classifier(**params: Any) -> SequenceClassifier:
    return SequenceClassifier(
        rate=RATE, hidden_size=8, max_steps=STEPS, batch_size=4, seed=3, **params
    )


def _pressed_at(step: int) -> Callable[[Any], None]:
    def stop(progress) -> None:
        if progress.step == step:
            signal.raise_signal(signal.SIGINT)

    return stop


def _interrupted(model: Any, X: Any, y: Any, path: Path, step: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y, checkpoint=path, progress=_pressed_at(step))
    assert kind_of(path) == KIND


class TestClassifier:
    # Of the first run, its last step, and of the second, which has at least a quarter of the steps.
    @pytest.mark.parametrize("step", [1, 3, STEPS, STEPS + 1])
    def test_both_runs_resume_to_the_same_bits(self, tmp_path, step):
        X, y = tones(16, seed=0)
        whole, path = _classifier().fit(X, y), tmp_path / "half.gated"
        steps: list[int] = []
        model = _classifier()
        _interrupted(model, X, y, path, step)
        model.fit(X, y, checkpoint=path, progress=lambda found: steps.append(found.step))
        assert steps[0] == step + 1
        assert not path.exists()
        assert (model.predict_proba(X) == whole.predict_proba(X)).all()
        for name in ("accuracy", "log_loss", "steps", "held_out"):
            assert model.learned_[name] == whole.learned_[name]

    def test_a_training_without_held_out_sequences_resumes(self, tmp_path):
        X, y = tones(16, seed=0)
        whole, path = _classifier(validation=0).fit(X, y), tmp_path / "half.gated"
        model = _classifier(validation=0)
        _interrupted(model, X, y, path, 2)
        model.fit(X, y, checkpoint=path)
        assert (model.predict_proba(X) == whole.predict_proba(X)).all()

    def test_a_checkpoint_of_another_training_is_refused(self, tmp_path):
        X, y = tones(16, seed=0)
        path = tmp_path / "half.gated"
        _interrupted(_classifier(), X, y, path, 2)
        swapped = ["high" if label == "low" else "low" for label in y]
        others = [
            (_classifier(augment=False), X, y),
            (_classifier(class_weight={"high": 2.0, "low": 1.0}), X, y),
            (_classifier(), X, swapped),
            (_classifier(), [sound * 0.5 for sound in X], y),
        ]
        for model, sounds, labels in others:
            with pytest.raises(GatedError, match="belongs to other data or settings"):
                model.fit(sounds, labels, checkpoint=path)

    @pytest.mark.parametrize(
        "change",
        [
            {"stage": "tune"},
            {"earlier": None},
            {"earlier": {"steps": 3, "temperature": 1.0, "accuracy": 2.0, "log_loss": 0.5}},
            {"earlier": {"steps": 10**6, "temperature": 1.0, "accuracy": 0.5, "log_loss": 0.5}},
            {"earlier": {"steps": 3}},
        ],
    )
    def test_a_damaged_checkpoint_is_refused(self, tmp_path, change):
        X, y = tones(16, seed=0)
        path = tmp_path / "half.gated"
        _interrupted(_classifier(), X, y, path, STEPS + 1)
        tensors, header = load_tensors(path, kind=KIND, version=VERSION)
        save_tensors(path, tensors, {**header, **change}, kind=KIND, version=VERSION)
        with pytest.raises(ModelFileError, match="is no checkpoint of this version of gated"):
            _classifier().fit(X, y, checkpoint=path)


class TestTranscriber:
    @pytest.mark.parametrize("is_joined", [False, True])
    def test_a_training_resumes_to_the_same_bits(self, tmp_path, is_joined):
        params: dict[str, Any] = {**SMALL, "max_steps": STEPS, "seed": 3}
        X, y = tones(16, seed=0) if is_joined else pulses(20, seed=0)
        if is_joined:
            params |= {"rate": RATE, "join": (1, 2)}
        path, steps = tmp_path / "half.gated", []
        whole, model = Transcriber(**params).fit(X, y), Transcriber(**params)
        _interrupted(model, X, y, path, 3)
        model.fit(X, y, checkpoint=path, progress=lambda found: steps.append(found.step))
        assert steps[0] == 4
        assert not path.exists()
        own, expected = (each._fitted.network.arrays for each in (model, whole))
        for name, value in expected.items():
            assert (own[name] == value).all()
        assert model._fitted.before == whole._fitted.before
        assert model.learned_["error_rate"] == whole.learned_["error_rate"]

    def test_a_checkpoint_of_another_training_is_refused(self, tmp_path):
        X, y = pulses(20, seed=0)
        path = tmp_path / "half.gated"
        params: dict[str, Any] = {**SMALL, "max_steps": STEPS}
        _interrupted(Transcriber(**params), X, y, path, 2)
        others = [
            (Transcriber(**{**params, "augment": not Transcriber(**params).augment}), X, y),
            (
                Transcriber(**params),
                X,
                ["b" + y[0][1:] if y[0][0] == "a" else "a" + y[0][1:], *y[1:]],
            ),
            (Transcriber(**params), [np.asarray(each) * 2 for each in X], y),
        ]
        for model, sequences, strings in others:
            with pytest.raises(GatedError, match="belongs to other data or settings"):
                model.fit(sequences, strings, checkpoint=path)
