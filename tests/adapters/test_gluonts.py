"""Tests the predictor of GluonTS: under `evaluate_model`, and against `gated.Forecaster`.

`make adapters` runs this file where GluonTS is installed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("gluonts", reason="GluonTS is not installed here; `make adapters` installs it")

from gluonts.dataset.common import ListDataset
from gluonts.dataset.split import split
from gluonts.ev.metrics import MASE, MSE, MeanWeightedSumQuantileLoss
from gluonts.evaluation import make_evaluation_predictions
from gluonts.model import evaluate_model
from gluonts.model.predictor import Predictor

from gated import Forecaster
from gated.adapters.gluonts import GatedPredictor
from gated.errors import DataError

DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def weekly(n_steps: int = 84, level: float = 20.0, seed: int = 0) -> Any:
    noise = np.random.default_rng(seed).normal(0, 0.3, n_steps)
    return level + 5.0 * (np.arange(n_steps) % 7 == 0) + noise


def items(n_items: int = 5, **more: Any) -> Any:
    """Items of several levels and lengths, the first ones last by name."""
    entries = [
        {
            "start": "2024-01-01",
            "target": weekly(84 + 7 * (place % 2), 10.0 * (place + 1), place),
            "item_id": f"item {n_items - place}",
            **more,
        }
        for place in range(n_items)
    ]
    return ListDataset(entries, freq="D")


def test_every_item_is_answered_in_its_order() -> None:
    dataset = items(25)
    made = list(GatedPredictor(7, batch_size=10).predict(dataset))
    assert [one.item_id for one in made] == [entry["item_id"] for entry in dataset]
    for entry, one in zip(dataset, made, strict=True):
        assert one.start_date == entry["start"] + len(entry["target"])
        assert one.prediction_length == 7
        assert np.abs(one.quantile(0.5).mean() / entry["target"].mean() - 1) < 0.1
        assert (np.diff([one.quantile(level) for level in DECILES], axis=0) >= 0).all()
        assert np.abs(one.mean / one.quantile(0.5) - 1).max() < 0.1


def test_a_rolling_evaluation_scores_every_window() -> None:
    _, template = split(items(), offset=-21)
    windows = template.generate_instances(prediction_length=7, windows=3)
    metrics = [MASE(), MSE("mean"), MeanWeightedSumQuantileLoss(quantile_levels=DECILES)]
    scores = evaluate_model(GatedPredictor(7), test_data=windows, metrics=metrics, seasonality=7)
    assert scores.iloc[0].notna().all()
    assert scores["mean_weighted_sum_quantile_loss"].item() < 0.03
    each = evaluate_model(
        GatedPredictor(7), test_data=windows, metrics=[MASE()], seasonality=7, axis=1
    )
    assert len(each) == 15


def test_no_window_is_forecast_with_values_of_its_future() -> None:
    _, template = split(items(), offset=-21)
    windows = list(template.generate_instances(prediction_length=7, windows=3).input)
    together = list(GatedPredictor(7).predict(windows))
    for first in range(3):
        alone = list(GatedPredictor(7).predict(windows[first::3]))
        for one, expected in zip(together[first::3], alone, strict=True):
            np.testing.assert_array_equal(one.forecast_array, expected.forecast_array)


@pytest.mark.parametrize(
    "freq", ["h", "D", "B", "W-SUN", "M", "Q-DEC", "Y-DEC", "30min", "2D", "3M"]
)
def test_every_frequency_gives_the_numbers_of_gated(freq: str) -> None:
    start = pd.Period("2000-01-03", freq)
    entry = {"start": start, "target": weekly(), "item_id": "a"}
    (made,) = GatedPredictor(4, season_length=7, quantile_levels=[0.9, 0.1]).predict([entry])
    assert made.start_date == start + 84
    assert made.forecast_keys == ["mean", "0.1", "0.9"]
    index = pd.period_range(start, periods=84, freq=freq)
    is_long = freq[-1] == "M" or "-" in freq
    times = index.to_timestamp(how="end").normalize() if is_long else index.to_timestamp()
    table = pd.DataFrame({"ds": times, "y": entry["target"]})
    direct = Forecaster(season_length=7).predict(table, 4, level=[], quantiles=[0.1, 0.9])
    np.testing.assert_array_equal(made.forecast_array.T, direct.iloc[:, -3:])


def test_covariates_are_used() -> None:
    is_open = np.random.default_rng(0).integers(0, 2, 120)
    target = 10 + 30.0 * is_open[:110] + np.random.default_rng(1).normal(0, 0.5, 110)
    entry = {"start": "2024-01-01", "target": target, "feat_dynamic_real": is_open[None]}
    (made,) = GatedPredictor(10).predict(ListDataset([entry], freq="D"))
    found, ahead = made.quantile(0.5), is_open[110:]
    assert found[ahead == 1].min() > found[ahead == 0].max() + 20
    short = entry | {"feat_dynamic_real": is_open[None, :115]}
    with pytest.raises(DataError, match=r"has 115 steps\. Expected 120: .* and 10 ahead\."):
        list(GatedPredictor(10).predict(ListDataset([short], freq="D")))


def test_missing_values_at_the_end_and_a_lead_time_move_no_step() -> None:
    whole = weekly(91)
    ends_missing = np.where(np.arange(91) < 84, whole, np.nan)
    dataset = ListDataset(
        [{"start": "2024-01-01", "target": ends_missing}, {"start": "2024-01-01", "target": whole}],
        freq="D",
    )
    missing, known = GatedPredictor(7).predict(dataset)
    assert missing.start_date == known.start_date == pd.Period("2024-04-01", "D")
    np.testing.assert_allclose(missing.quantile(0.5), known.quantile(0.5), rtol=0.1)
    entry = {"start": pd.Period("2024-01-01", "D"), "target": whole[:84].astype(np.float32)}
    (later,) = GatedPredictor(7, lead_time=7).predict([entry])
    np.testing.assert_array_equal(later.forecast_array, missing.forecast_array)
    assert later.start_date == missing.start_date


def test_an_item_without_values_is_answered_by_nan() -> None:
    entries = [
        {"start": "2024-01-01", "target": np.full(20, np.nan)},
        {"start": "2024-01-01", "target": weekly()},
    ]
    nothing, made = GatedPredictor(7).predict(ListDataset(entries, freq="D"))
    assert np.isnan(nothing.forecast_array).all()
    assert not np.isnan(made.forecast_array).any()


def test_several_dimensions_are_an_error() -> None:
    entry = {"start": pd.Period("2024-01-01", "D"), "target": np.zeros((2, 50))}
    with pytest.raises(DataError, match=r"shape \(2, 50\)\. Expected one dimension, \[T\]\."):
        GatedPredictor(7).predict_item(entry)


def test_it_is_stored_and_loaded_by_gluonts(tmp_path: Path) -> None:
    predictor = GatedPredictor(7, season_length=7, quantile_levels=[0.25, 0.75])
    predictor.serialize(tmp_path)
    loaded = Predictor.deserialize(tmp_path)
    assert loaded == predictor
    for one, expected in zip(loaded.predict(items(2)), predictor.predict(items(2)), strict=True):
        np.testing.assert_array_equal(one.forecast_array, expected.forecast_array)


def test_the_older_evaluation_accepts_it() -> None:
    forecasts, _ = make_evaluation_predictions(items(3), GatedPredictor(7))
    assert len(list(forecasts)) == 3


def test_the_example_of_the_guide_prints_its_output(check_guide: Callable[[str], None]) -> None:
    check_guide("GluonTS")
