"""All but training and explanations works where PyTorch is not installed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gated
from gated.forecast import Forecaster
from tests.hidden_libraries import results_without

PROGRAM = """
import pandas as pd

days = pd.date_range("2024-01-01", periods=120)
frame = pd.DataFrame({"ds": days, "y": 50 + 10.0 * (days.day_of_week >= 5) + np.arange(120) % 3})
frame.to_csv("days.csv", index=False)

import gated

model = gated.Forecaster()
first = model.predict(frame, h=7)
found["columns"] = list(first.columns)
found["predicted"] = first["gated"].tolist()
fitted = gated.Forecaster(h=7).fit(frame)
fitted.save("m.gated")
loaded = gated.Forecaster.load("m.gated")
pd.testing.assert_frame_equal(loaded.predict(), fitted.predict())
found["loaded"] = loaded.predict()["gated"].tolist()
found["memory"] = len(loaded.memory())
found["remembered"] = repr(loaded.remembered())
found["backtest"] = len(gated.Forecaster(h=7).cross_validation(frame, n_windows=1))
found["training errors"] = [
    error(lambda: gated.Forecaster(h=7, training=training).fit(frame))
    for training in ("tune", "scratch", "auto")
]
found["explain error"] = error(fitted.explain)

found["version"] = command("--version")
found["help"] = command("--help")
found["read"] = command("read", "days.csv")
found["forecast"] = command("forecast", "days.csv", "--horizon", 7)
found["tune"] = command("forecast", "days.csv", "--horizon", 7, "--training", "tune")
found["explain"] = command("explain", "days.csv", "--horizon", 7)
found["model"] = command("forecast", "days.csv", "--horizon", 7, "--model", "m.gated")
found["show"] = command("show", "m.gated")
found["doctor"] = command("doctor")
found["demo"] = command("demo", "shop")
Path("plays.txt").write_text("To be, or not to be. " * 500)
found["train"] = command("train", "text", "plays.txt", "--out", "plays.gated")
found["backtested"] = command("backtest", "days.csv", "--horizon", 7, "--windows", 1)
"""

SENTENCE = ' needs PyTorch, which is not installed. Install it with pip install "gated[train]".'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("without_torch")


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    """The results of one process, because a start takes longer than everything that it does."""
    return results_without(("torch",), PROGRAM, folder)


def test_the_forecaster_forecasts_saves_and_loads(found: dict[str, Any], folder: Path) -> None:
    assert found["columns"] == [
        "unique_id",
        "ds",
        "gated",
        "gated-mean",
        "gated-lo-80",
        "gated-hi-80",
    ]
    assert found["loaded"] == found["predicted"]
    assert found["memory"] > 0
    assert found["backtest"] == 7
    frame = pd.read_csv(folder / "days.csv", parse_dates=["ds"])
    # The same bits with torch in this process: a forecast does not use it.
    assert Forecaster().predict(frame, h=7)["gated"].tolist() == found["predicted"]


def test_training_and_explanations_name_what_to_install(found: dict[str, Any]) -> None:
    assert found["training errors"] == ["Training a forecaster" + SENTENCE] * 3
    assert found["explain error"] == "Explaining what drove a forecast" + SENTENCE


def test_the_commands_work(found: dict[str, Any]) -> None:
    assert found["version"][:2] == [0, f"gated {gated.__version__}\n"]
    for name in ("help", "read", "forecast", "model", "show", "backtested", "doctor", "demo"):
        code, out, err = found[name]
        assert code == 0, (name, err)
        assert out, name
    assert "forecast" in found["help"][1]
    assert found["forecast"][1].count("\n") == found["model"][1].count("\n") == 8


def test_commands_that_need_torch_name_what_to_install(found: dict[str, Any]) -> None:
    needing = {"tune": "Training", "explain": "Explaining", "train": "Training"}
    for name, doing in needing.items():
        code, out, err = found[name]
        assert (code, out) == (2, ""), err
        assert SENTENCE in " ".join(err.split())
        assert doing in err
