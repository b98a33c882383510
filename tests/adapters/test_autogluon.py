"""Tests the model of AutoGluon: in a `TimeSeriesPredictor`, and against `gated.Forecaster`.

`make adapters` runs this file where AutoGluon is installed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip(
    "autogluon.timeseries", reason="AutoGluon is not installed here; `make adapters` installs it"
)

from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

from gated import Forecaster
from gated.adapters.autogluon import GatedModel

DAYS = pd.date_range("2024-01-01", periods=120)
OPEN = np.random.default_rng(0).integers(0, 2, 120)


def sales(**more: Any) -> Any:
    """Two items, the first by name last."""
    parts = [
        pd.DataFrame(
            {
                "item_id": item,
                "timestamp": DAYS,
                "target": level
                + 5.0 * (DAYS.day_of_week == 6)
                + np.random.default_rng(level).normal(0, 0.3, 120),
                **more,
            }
        )
        for item, level in {"b": 10, "a": 40}.items()
    ]
    return pd.concat(parts)


def predictor(path: Path, data: Any, **options: Any) -> Any:
    hyperparameters = options.pop("hyperparameters", {GatedModel: {}})
    made = TimeSeriesPredictor(prediction_length=7, path=str(path), verbosity=0, **options)
    frame = TimeSeriesDataFrame.from_data_frame(data)
    return made.fit(frame, hyperparameters=hyperparameters, enable_ensemble=False), frame


def test_a_predictor_gives_the_numbers_of_gated(tmp_path: Path) -> None:
    fitted, data = predictor(tmp_path, sales(), eval_metric="WQL")
    assert fitted.model_names() == ["Gated"]
    made = fitted.predict(data)
    assert made.columns.tolist() == ["mean", *(str(step / 10) for step in range(1, 10))]
    table = sales().rename(columns={"item_id": "unique_id", "timestamp": "ds", "target": "y"})
    direct = Forecaster().predict(table, 7, level=[], quantiles=[0.1, 0.5, 0.9])
    direct = direct.set_index(["unique_id", "ds"]).sort_index()
    found = pd.DataFrame(made).sort_index()
    assert found.index.tolist() == direct.index.tolist()
    # AutoGluon stores float32.
    np.testing.assert_allclose(found["0.9"], direct["gated-q-90"], rtol=1e-4)
    np.testing.assert_allclose(found["mean"], direct["gated-mean"], rtol=1e-4)


def test_the_leaderboard_compares_it_with_other_models(tmp_path: Path) -> None:
    hyperparameters = {GatedModel: {"season_length": 7}, "Naive": {}}
    fitted, data = predictor(tmp_path, sales(), hyperparameters=hyperparameters)
    board = fitted.leaderboard(data).set_index("model")
    assert board.loc["Gated", "score_test"] > board.loc["Naive", "score_test"]


def test_a_predictor_is_loaded_again(tmp_path: Path) -> None:
    fitted, data = predictor(tmp_path, sales())
    loaded = TimeSeriesPredictor.load(str(tmp_path))
    np.testing.assert_array_equal(loaded.predict(data), fitted.predict(data))


def test_known_covariates_are_used(tmp_path: Path) -> None:
    data = sales(is_open=OPEN)
    data["target"] += 30.0 * data["is_open"]
    fitted, _ = predictor(tmp_path, data, known_covariates_names=["is_open"])
    past = data[data.timestamp < DAYS[113]]
    ahead = data.loc[data.timestamp >= DAYS[113], ["item_id", "timestamp", "is_open"]]
    made = fitted.predict(
        TimeSeriesDataFrame.from_data_frame(past),
        known_covariates=TimeSeriesDataFrame.from_data_frame(ahead),
    )
    for item in ("a", "b"):
        found = made.loc[item]["0.5"].to_numpy()
        assert found[OPEN[113:] == 1].min() > found[OPEN[113:] == 0].max() + 15


def test_missing_values_at_the_end_move_no_step(tmp_path: Path) -> None:
    data = sales()
    data.loc[(data.item_id == "a") & (data.timestamp >= DAYS[115]), "target"] = np.nan
    fitted, frame = predictor(tmp_path, data)
    made = fitted.predict(frame)
    assert not made.isna().any().any()
    assert made.loc["a"].index[0] == DAYS[-1] + pd.Timedelta(days=1)


def test_training_has_its_hyperparameters(tmp_path: Path) -> None:
    hyperparameters = {GatedModel: {"training": "tune", "max_steps": 2}}
    fitted, data = predictor(tmp_path, sales(), hyperparameters=hyperparameters)
    assert not fitted.predict(data).isna().any().any()


def test_the_example_of_the_guide_prints_its_output(check_guide: Callable[[str], None]) -> None:
    check_guide("AutoGluon")
