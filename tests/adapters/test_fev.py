"""Tests the model of fev: its benchmark on local files, and against `gated.Forecaster`.

`make adapters` runs this file where fev is installed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("fev", reason="fev is not installed here; `make adapters` installs it")
os.environ["HF_HUB_OFFLINE"] = "1"

import datasets
import fev

from gated import Forecaster
from gated.adapters.fev import GatedModel

LEVELS = [0.1, 0.5, 0.9]
OPEN = np.random.default_rng(0).integers(0, 2, 120)


def weekly(level: float) -> Any:
    noise = np.random.default_rng(int(level)).normal(0, 0.3, 120)
    return level + 5.0 * (np.arange(120) % 7 == 0) + noise


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., fev.Task]:
    """Makes a task of a local file of items with these columns."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")

    def make(columns: dict[str, list[Any]], **options: Any) -> fev.Task:
        n_items = len(next(iter(columns.values())))
        times = [pd.date_range("2024-01-01", periods=120).to_numpy()] * n_items
        ids = [f"item {place}" for place in range(n_items)]  # fev sorts by them
        path = tmp_path / "items.parquet"
        pd.DataFrame({"id": ids, "timestamp": times, **columns}).to_parquet(path)
        return fev.Task(
            dataset_path=str(path),
            horizon=7,
            seasonality=7,
            **{"quantile_levels": LEVELS} | options,
        )

    return make


def predictions(made: Any, target: str, column: str) -> Any:
    return np.asarray(made[target][column])


def test_every_window_is_answered_and_scored(task: Callable[..., fev.Task]) -> None:
    model = GatedModel()
    todo = task({"target": [weekly(10), weekly(40), weekly(20)]}, num_windows=3, eval_metric="SQL")
    made = model.fit_predict(todo)
    summary = todo.evaluation_summary(
        made, "gated", training_time_s=model.training_time, inference_time_s=model.inference_time
    )
    assert len(made) == 3
    assert summary["test_error"] < 0.5
    assert summary["inference_time_s"] > 0


def test_the_numbers_are_those_of_gated_in_the_order_of_the_items(
    task: Callable[..., fev.Task],
) -> None:
    series = [weekly(10), weekly(40), weekly(20)]
    (made,) = GatedModel().fit_predict(task({"target": series}))
    past = [
        pd.DataFrame(
            {"unique_id": place, "ds": pd.date_range("2024-01-01", periods=113), "y": y[:113]}
        )
        for place, y in enumerate(series)
    ]
    direct = Forecaster().predict(pd.concat(past), 7, level=[], quantiles=LEVELS)
    for column, name in {"predictions": "gated", "0.1": "gated-q-10", "0.9": "gated-q-90"}.items():
        np.testing.assert_allclose(
            predictions(made, "target", column).ravel(), direct[name], rtol=1e-5
        )


def test_the_mean_is_the_point_forecast_for_squared_errors(task: Callable[..., fev.Task]) -> None:
    columns = {"target": [np.exp(np.random.default_rng(0).normal(0, 1, 120))]}
    (median,) = GatedModel().fit_predict(task(columns, eval_metric="MASE"))
    (mean,) = GatedModel().fit_predict(task(columns, eval_metric="RMSE"))
    found = predictions(mean, "target", "predictions").mean()
    assert found > predictions(median, "target", "predictions").mean()


def test_covariates_and_several_targets(task: Callable[..., fev.Task]) -> None:
    columns = {
        "a": [10 + 30.0 * OPEN, 50 + 30.0 * OPEN],
        "b": [90 + 30.0 * OPEN, 130 + 30.0 * OPEN],
        "is_open": [OPEN, OPEN],
    }
    todo = task(columns, target=["a", "b"], known_dynamic_columns=["is_open"])
    (made,) = GatedModel().fit_predict(todo)
    ahead = OPEN[-7:]
    for target, level in {"a": 10, "b": 90}.items():
        found = predictions(made, target, "predictions")
        assert found.shape == (2, 7)
        assert np.abs(found.mean(axis=1) - [level + 15, level + 55]).max() < 15
        assert found[0, ahead == 1].min() > found[0, ahead == 0].max() + 20


def test_columns_may_have_the_names_that_frameworks_use(task: Callable[..., fev.Task]) -> None:
    names = ["target", "y", "unique_id"]
    columns = {name: [weekly(level)] for name, level in zip(names, (10, 40, 20), strict=True)}
    todo = task({**columns, "ds": [OPEN]}, target=names, known_dynamic_columns=["ds"])
    (made,) = GatedModel().fit_predict(todo)
    for name, level in zip(names, (10, 40, 20), strict=True):
        assert predictions(made, name, "predictions").mean() == pytest.approx(level, rel=0.2)


def test_missing_values_at_the_end_and_empty_series(task: Callable[..., fev.Task]) -> None:
    late = weekly(10)
    late[100:113] = np.nan
    columns = {"target": [late, weekly(10), np.r_[np.full(113, np.nan), weekly(10)[113:]]]}
    (made,) = GatedModel().fit_predict(task(columns))
    found = predictions(made, "target", "predictions")
    np.testing.assert_allclose(found[0], found[1], rtol=0.15)
    assert (found[2] == 0).all()


def test_the_example_of_the_guide_prints_its_output(
    check_guide: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    check_guide("fev")
