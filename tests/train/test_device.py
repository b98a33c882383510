"""The device to train on is checked before any work."""

import pytest
import torch

import gated
from gated.errors import UsageError
from gated.train import training_device
from tests.forecast.example_tables import QUICK, sales


def test_the_cpu_is_always_available() -> None:
    assert training_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["nonsense", "cpu:x", "", "meta"])
def test_an_unusable_device_is_an_error(name: str) -> None:
    reason = r"(cannot be used here: .*[^.]|torch does not know)\. Expected \"cpu\""
    with pytest.raises(UsageError, match=reason) as refusal:
        training_device(name)
    assert str(refusal.value).startswith(f"device is {name!r}, which ")


@pytest.mark.parametrize("name", [None, 2.5, 0])
def test_a_device_that_is_no_text_is_an_error(name: object) -> None:
    with pytest.raises(
        UsageError, match=rf"device is {name!r}, which is no name\. Expected \"cpu\""
    ):
        training_device(name)  # type: ignore[arg-type]


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU that CUDA can use")
def test_an_absent_gpu_is_an_error() -> None:
    with pytest.raises(
        UsageError, match=r"device is 'cuda', which cannot be used here: .*[^.]\. Exp"
    ):
        training_device("cuda")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nonsense", "which torch does not know"), ("cuda", "which cannot be used here")],
)
@pytest.mark.parametrize("training", ["scratch", "tune", "auto"])
def test_training_raises_the_error_before_it_starts(name: str, reason: str, training: str) -> None:
    if name == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has a GPU that CUDA can use")
    model = gated.Forecaster(h=7, device=name, **{**QUICK, "training": training})
    with pytest.raises(UsageError, match=f"device is '{name}', {reason}"):
        model.fit(sales(1)[["ds", "y"]], progress=lambda *_: pytest.fail("trained"))
    assert not model.is_fitted
