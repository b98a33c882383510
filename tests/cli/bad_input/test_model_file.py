"""Files given as a model that are none, or damaged."""

import pytest
import torch

from gated.train import save_tensors
from tests.cli.bad_input.messages import error_of


@pytest.fixture
def with_model(gated, sales):
    return lambda: error_of(gated("forecast", sales, "--horizon", 7, "--model", "m.gated"))


def test_missing(with_model):
    assert "m.gated: no such file." in with_model()


def test_truncated(with_model, forecast, sales, tmp_path):
    forecast(sales, "--save", "m.gated")
    path = tmp_path / "m.gated"
    path.write_bytes(path.read_bytes()[:-100])
    assert "truncated" in with_model()


def test_another_file(with_model, tmp_path):
    (tmp_path / "m.gated").write_bytes(b"a letter to the reader")
    assert "cannot be read as a gated model file" in with_model()


def test_another_kind(with_model):
    save_tensors("m.gated", {"w": torch.zeros(1)}, {}, kind="checkpoint", version=1)
    assert "expected a gated model file, found checkpoint" in with_model()


def test_another_version(with_model):
    save_tensors("m.gated", {"w": torch.zeros(1)}, {}, kind="model", version=99)
    assert "is of format version 99" in with_model()
