"""Tests the result of a backtest: scores by series, cutoff and step, and the summary."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gated
from gated.errors import UsageError
from gated.forecast import metrics
from gated.forecast.baselines import statsforecast
from gated.forecast.baselines.statsforecast import MODELS
from gated.forecast.evaluation.backtest import Backtest
from gated.forecast.evaluation.competitors import DEFAULT_COMPETITORS, checked_names
from gated.forecast.evaluation.summary import summary

DAYS = pd.date_range("2024-01-01", periods=120, freq="D")


def sales() -> pd.DataFrame:
    """Two shops, one of them with missing days and opened later."""
    rng = np.random.default_rng(0)
    weekly = 10 + 3 * np.sin(2 * np.pi * np.arange(120) / 7)
    first = pd.DataFrame({"unique_id": "a", "ds": DAYS, "y": weekly + rng.normal(size=120)})
    second = pd.DataFrame({"unique_id": "b", "ds": DAYS[70:]})
    second["y"] = 5 * weekly[70:] + rng.normal(size=50)
    second.loc[[3, 40, 45], "y"] = np.nan
    return pd.concat([first, second], ignore_index=True)


@pytest.fixture(scope="module")
def found() -> Backtest:
    return gated.Forecaster().backtest(sales(), h=7, n_windows=3)


def by_hand(frame: pd.DataFrame, method: str, metric: Any) -> float:
    return float(metric(frame[["y"]].to_numpy(), frame[[method]].to_numpy()))


@pytest.mark.parametrize("by", ["series", "cutoff", "step", "overall"])
def test_scores_are_those_of_the_rows_of_the_frame(found: Backtest, by: str) -> None:
    frame = found.frame
    frame["step"] = (frame["ds"] - frame["cutoff"]).dt.days
    name = {"series": "unique_id"}.get(by, by)
    scores = found.scores(by)
    groups = frame.groupby(name) if by != "overall" else [(None, frame)]
    for key, part in groups:
        rows = scores if by == "overall" else scores[scores[name] == key]
        for method in ("gated", *DEFAULT_COMPETITORS):
            row = rows[rows["method"] == method].iloc[0]
            for metric in ("wape", "smape", "rmse"):
                expected = by_hand(part, method, getattr(metrics, metric))
                assert row[metric] == pytest.approx(expected, rel=1e-9)
        ours = rows[rows["method"] == "gated"].iloc[0]
        known = part.dropna(subset="y")
        within = known["y"].between(known["gated-lo-80"], known["gated-hi-80"]).mean()
        assert ours["coverage-80"] == pytest.approx(within)
    assert len(scores) == len(list(groups)) * 5


def test_errors_are_scaled_by_the_past_of_each_cutoff(found: Backtest) -> None:
    table = sales()
    frame = found.frame
    scaled = []
    for (label, cutoff), part in frame.groupby(["unique_id", "cutoff"]):
        past = table[(table["unique_id"] == label) & (table["ds"] <= cutoff)]["y"].to_numpy()
        scale = metrics.seasonal_naive_scale(past, np.array([0, len(past)]), 7)[0]
        scaled.append(((part["y"] - part["gated"]).abs() / scale).dropna())
    assert found.overall["gated"]["mase"] == pytest.approx(pd.concat(scaled).mean(), rel=1e-9)


def test_a_periodic_series_has_no_scaled_error() -> None:
    frame = sales().query("unique_id == 'a'")
    repeated = frame.assign(unique_id="again", y=10 + 3 * np.sin(2 * np.pi * np.arange(120) / 7))
    found = gated.Forecaster().backtest(pd.concat([frame, repeated]), h=7, n_windows=1)
    scores = found.scores(by="series").set_index(["method", "unique_id"])["mase"]
    assert np.isnan(scores["gated", "again"])
    assert found.overall["gated"]["mase"] == pytest.approx(scores["gated", "a"])


def test_all_documented_scores_exist(found: Backtest) -> None:
    scores = found.scores()
    names = ["mase", "smape", "wape", "rmse", "bias", "crps"]
    names += [f"{score}-{level}" for level in (80, 95) for score in ("coverage", "msis")]
    assert scores.columns.tolist() == ["method", *names]
    assert scores["method"].tolist() == [
        "gated",
        "seasonal_naive",
        "naive",
        "drift",
        DEFAULT_COMPETITORS[-1],
    ]
    ours = scores.iloc[0]
    assert ours[names].notna().all()
    assert scores.iloc[1]["crps"] == scores.iloc[1]["wape"]  # of points alone
    assert np.isnan(scores.iloc[1]["coverage-80"])


def test_calibrated_or_not_is_left_to_chance_where_a_test_says_so() -> None:
    scores = {
        "gated": {"mase": 0.5, "wape": 0.2, "coverage-80": 0.6},
        "seasonal_naive": {"mase": 1.0, "wape": 0.3},
    }
    assert "held 60 % of the time: too narrow" in summary(scores, "seasonal_naive", 4, [80], [80])
    assert "too narrow" not in summary(scores, "seasonal_naive", 4, [80])
    scores["gated"]["coverage-80"] = 0.95
    assert "held 95 % of the time: too wide" in summary(scores, "seasonal_naive", 4, [80], [80])


@pytest.mark.parametrize("by", ["series", "cutoff", "step", "overall"])
def test_coverage_is_that_of_the_scores_and_of_the_frame(found: Backtest, by: Any) -> None:
    coverage, scores = found.coverage(by), found.scores(by).query("method == 'gated'")
    for level in (80, 95):
        rows = coverage[coverage["level"] == level]
        np.testing.assert_allclose(rows["coverage"], scores[f"coverage-{level}"])
        np.testing.assert_allclose(rows["coverage"] + rows["below"] + rows["above"], 1)
    frame = found.frame
    assert coverage.query("level == 80")["values"].sum() == frame["y"].notna().sum()
    if by == "overall":
        below = (frame["y"] < frame["gated-lo-80"]).sum() / frame["y"].notna().sum()
        assert coverage["below"][0] == pytest.approx(below)
    with pytest.raises(UsageError, match=r"by is 'month'.*overall, series, cutoff, step"):
        found.coverage(by="month")  # type: ignore[arg-type]


def test_coverage_of_a_polars_frame_is_a_polars_frame() -> None:
    found = gated.Forecaster().backtest(pl.from_pandas(sales()), h=7, n_windows=1, level=[90])
    coverage = found.coverage("series")
    assert isinstance(coverage, pl.DataFrame)
    assert coverage["level"].to_list() == [90.0, 90.0]
    assert coverage["kupiec_p"].is_nan().all()  # one cutoff has no variance over cutoffs


def test_baselines_forecast_from_their_cutoff(found: Backtest) -> None:
    frame, table = found.frame, sales().set_index(["unique_id", "ds"])["y"]
    first = frame[frame["unique_id"] == "a"]
    before = [table["a", day - pd.Timedelta(days=7)] for day in first["ds"]]
    assert first["seasonal_naive"].tolist() == before


def test_frames_are_of_the_input_kind() -> None:
    model = gated.Forecaster()
    result = model.backtest(pl.from_pandas(sales()), h=7, n_windows=1, against=["theta"])
    assert isinstance(result.frame, pl.DataFrame)
    assert isinstance(result.scores(by="series"), pl.DataFrame)
    assert result.scores()["method"].to_list() == ["gated", "seasonal_naive", "theta"]


def test_seconds_are_measured_by_part(found: Backtest) -> None:
    assert set(found.seconds) == {"fit", "predict", "others"}
    assert all(part > 0 for part in found.seconds.values())


def test_unknown_groups_and_methods_are_refused(found: Backtest) -> None:
    with pytest.raises(UsageError, match=r"by is 'month'.*overall, series, cutoff, step"):
        found.scores(by="month")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "meant"), [("AutoETs", "AutoETS"), ("thet", "theta"), ("ets", "AutoETS")]
)
def test_the_closest_method_is_suggested(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"no method '{name}' .*Did you mean `{meant}`"):
        checked_names([name])


def test_a_missing_library_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statsforecast, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r'pip install "gated\[statsforecast\]"'):
        checked_names(["AutoARIMA"])


def test_statistical_models_forecast_with_intervals() -> None:
    model = gated.Forecaster()
    frame = sales().query("ds >= @DAYS[60]")
    found = model.backtest(frame, h=7, n_windows=1, against=MODELS)
    scores = found.scores().set_index("method")
    for name in MODELS:
        assert scores.loc[name].notna().all()
        assert scores.loc[name, "mase"] < scores.loc["seasonal_naive", "mase"] * 1.3
        quantiles = found.forecasts[name].quantiles
        assert quantiles is not None
        assert (np.diff(quantiles, axis=-1) >= 0).all()
        assert (found.forecasts[name].points == found.frame[name].to_numpy().reshape(-1, 7)).all()


def test_gaps_are_filled_only_from_the_past() -> None:
    y = [1.0, 2.0, 3.0, np.nan, np.nan, np.nan, np.nan]
    table = gated.read_table(
        pd.DataFrame({"ds": DAYS[:8], "y": [*y, 9.0]}), season_length=3, freq="D"
    )
    filled = statsforecast.without_gaps(table, 3)
    assert filled.tolist() == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 3.0, 9.0]


def ours(**scores: float) -> dict[str, float]:
    return {"mase": 0.5, "wape": 0.1, "coverage-80": 0.8, **scores}


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (
            {"gated": ours(), "seasonal_naive": ours(mase=1.0)},
            r"^50 % more accurate than seasonal naive over 2 cutoffs "
            r"\(MASE 0.50; seasonal naive 1.00\); 80 % intervals held 80 % of the time\.$",
        ),
        (
            {"gated": ours(mase=1.5), "seasonal_naive": ours(mase=1.0)},
            r"50 % less accurate than seasonal naive",
        ),
        (
            {"gated": ours(mase=1.001), "seasonal_naive": ours(mase=1.0)},
            r"As accurate as seasonal naive",
        ),
        (
            {"gated": ours(), "seasonal_naive": ours(mase=1.0), "theta": ours(mase=0.4)},
            r"The best of the others, theta, erred 20 % less than gated \(MASE 0.40\)\.",
        ),
        (
            {"gated": ours(), "seasonal_naive": ours(mase=1.0), "theta": ours(mase=0.6)},
            r"The best of the others, theta, erred 20 % more than gated",
        ),
        (
            {"gated": ours(mase=0), "seasonal_naive": ours(mase=1.0), "theta": ours(mase=0.6)},
            r"^100 % more accurate.*The best of the others, theta, erred; gated did not",
        ),
        (
            {"gated": ours(mase=np.nan, wape=0.1), "seasonal_naive": ours(mase=np.nan, wape=0.0)},
            r"Seasonal naive made no error; gated did over 2 cutoffs "
            r"\(WAPE 0.10; seasonal naive 0.00\)",
        ),
        (
            {"gated": ours(mase=np.nan, wape=np.nan), "seasonal_naive": ours(mase=np.nan)},
            r"^Not comparable with seasonal naive \(no observed values, or all zero\)",
        ),
    ],
)
def test_the_summary_states_wins_and_losses(
    scores: dict[str, dict[str, float]], words: str
) -> None:
    assert pd.Series(summary(scores, "seasonal_naive", 2, [80])).str.contains(words).all()


def test_intervals_are_not_scored_on_closed_days() -> None:
    frame = sales().query("unique_id == 'a'").copy()
    frame["open"] = (frame["ds"].dt.day_of_week != 6).astype(float)
    frame["y"] *= frame["open"]
    found = gated.Forecaster().backtest(frame, h=7, n_windows=2, covariates=["open"])
    result = found.frame
    uncertain = result[result["ds"].dt.day_of_week != 6]
    held = uncertain["y"].between(uncertain["gated-lo-80"], uncertain["gated-hi-80"]).mean()
    assert len(uncertain) == 12
    assert found.overall["gated"]["coverage-80"] == pytest.approx(held)
    closed = result[result["ds"].dt.day_of_week == 6]
    assert (closed[["gated", "naive", "drift"]] == 0).all(
        axis=None
    )  # all methods have the closed steps


def test_a_backtest_prints_a_row_for_each_method_and_the_summary(found: Backtest) -> None:
    title, heads, *rows, verdict = str(found).splitlines()
    assert title == (
        "Backtest of 2 series: 7 steps from each of 3 cutoffs, 2024-04-09 to 2024-04-29."
    )
    assert heads.split() == ["method", "mase", "wape", "bias", "crps", "coverage-80", "coverage-95"]
    assert {row.split()[0] for row in rows} == {"gated", *DEFAULT_COMPETITORS}
    assert rows[1].split()[-2:] == ["–", "–"]
    assert verdict == found.text
    assert repr(found) == f"<{title[:-1]}>"
    assert "<td" in found._repr_html_()


def test_a_single_name_needs_no_list() -> None:
    found = gated.Forecaster().backtest(sales(), h=7, n_windows=1, against="theta")
    assert list(found.scores()["method"]) == ["gated", "seasonal_naive", "theta"]
    assert set(found.evaluate("mae")["metric"]) == {"mae"}
