"""What all estimators of sequences share: hyperparameters, the file, the messages."""

import numpy as np
import pytest

from gated import Generator, SequenceClassifier, Transcriber
from gated.errors import NotFittedError, UsageError
from gated.train import load_tensors, save_tensors

_SMALL = {"hidden_size": 8, "num_layers": 1, "max_steps": 2, "seed": 0}


def _fitted(kind: type, **params):
    if kind is Generator:
        return Generator("text", window=8, **_SMALL, **params).fit("abcd " * 50)
    X = [np.full((12, 1), index % 2, dtype=float) for index in range(20)]
    return kind(**_SMALL, **params).fit(X, ["a", "b"] * 10)


KINDS = [Generator, SequenceClassifier, Transcriber]


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_makes_the_file_smaller_and_it_loads(kind, tmp_path) -> None:
    model = _fitted(kind)
    model.save(tmp_path / "whole.gated")
    model.save(tmp_path / "half.gated", half=True)
    sizes = [(tmp_path / name).stat().st_size for name in ("whole.gated", "half.gated")]
    assert sizes[0] - sizes[1] >= 1.9 * model.weights_
    loaded = kind.load(tmp_path / "half.gated")
    assert (loaded.get_params(), loaded.weights_) == (model.get_params(), model.weights_)
    assert loaded.learned_ == model.learned_


@pytest.mark.parametrize("kind", KINDS)
def test_the_parameters_are_shown_and_set_by_name(kind) -> None:
    model = kind(hidden_size=8).set_params(dropout=0.3)
    assert repr(model) == f"{kind.__name__}(hidden_size=8, dropout=0.3)"
    with pytest.raises(UsageError, match=r"'colour' is not a parameter. Expected one of .*dropout"):
        model.set_params(colour=1)


@pytest.mark.parametrize(
    ("kind", "call"), [(kind, "fit(X, y)") for kind in KINDS[1:]] + [(Generator, "fit(pieces)")]
)
def test_an_unfitted_estimator_says_what_to_call(kind, call, tmp_path) -> None:
    message = f"This {kind.__name__} is not fitted. Call {call} first."
    for use in (lambda: kind().save(tmp_path / "a.gated"), lambda: kind().weights_):
        with pytest.raises(NotFittedError) as raised:
            use()
        assert str(raised.value) == message


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes(kind, tmp_path) -> None:
    for name in ("a.gated", "b.gated"):
        _fitted(kind).save(tmp_path / name)
    assert (tmp_path / "a.gated").read_bytes() == (tmp_path / "b.gated").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_earlier_versions_with_seconds_load(kind, tmp_path) -> None:
    model = _fitted(kind)
    model.save(tmp_path / "a.gated")
    name = {Generator: "generator", Transcriber: "transcriber"}.get(kind, "classifier")
    tensors, header = load_tensors(tmp_path / "a.gated", kind=name, version=1)
    header["learned"]["seconds"] = 1.5
    save_tensors(tmp_path / "b.gated", tensors, header, kind=name, version=1)
    assert kind.load(tmp_path / "b.gated").learned_ == model.learned_
