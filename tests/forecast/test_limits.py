"""Tests the limits of options: values beyond them are refused before any work."""

import time

import numpy as np
import pandas as pd
import pytest

from gated import read_table
from gated.cli import library_keywords
from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.config import LARGEST, ForecasterConfig, check_seasons
from gated.table.time.calendar import LONGEST_SEASON
from tests.forecast.example_tables import QUICK, sales, series


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("max_steps", "1,000,000"),
        ("hidden_size", "4,096"),
        ("num_layers", "64"),
        ("batch_size", "65,536"),
        ("seed", "9,223,372,036,854,775,807"),
    ],
)
def test_hyperparameters(name: str, most: str) -> None:
    least = 0 if name == "seed" else 1
    for value in (LARGEST[name] + 1, 10**30, 10**5000, least - 1, True, 2.5, "3", np.nan):
        started = time.monotonic()
        with pytest.raises(UsageError, match=f"{name} is .*Expected a whole number from {least}"):
            Forecaster(**{name: value}).fit(sales(1)[["ds", "y"]])
        assert time.monotonic() - started < 5
    with pytest.raises(UsageError, match=f"to {most}.$"):
        ForecasterConfig(**{name: 10**30})
    for value in (least, LARGEST[name], np.int64(LARGEST[name])):
        assert getattr(ForecasterConfig(**{name: value}), name) == value


def test_a_number_of_thousands_of_digits_is_not_repeated() -> None:
    with pytest.raises(UsageError, match=r"^max_steps is a number of 5001 digits\. Expected"):
        ForecasterConfig(max_steps=10**5000)
    with pytest.raises(UsageError, match=r"The horizon h is a number of 5001 digits, but"):
        Forecaster().predict(sales(1)[["ds", "y"]], h=10**5000)


@pytest.mark.parametrize(
    "season", [10**9, 10**30, pytest.param(10**5000, id="long"), LONGEST_SEASON + 1, 0, -1]
)
def test_seasons(season: int) -> None:
    frame = sales(1)[["ds", "y"]]
    for ask in (
        lambda: Forecaster(season_length=season, **QUICK).fit(frame),
        lambda: Forecaster(season_length=season).predict(frame, h=3),
        lambda: read_table(frame, season_length=season),
    ):
        started = time.monotonic()
        with pytest.raises(UsageError, match=r"season_length= is .*from 1 \(no cycle\) to 1,000,"):
            ask()
        assert time.monotonic() - started < 5


def test_a_season_far_longer_than_the_table() -> None:
    said = (
        r"season_length= is 1,001, but the longest series has 140 steps, too few for such a "
        r"season\. Give at most 1,000 steps, or a longer past\."
    )
    frame = sales(1)[["ds", "y"]]
    with pytest.raises(UsageError, match=said):
        Forecaster(season_length=1001, **QUICK).fit(frame)
    with pytest.raises(UsageError, match=said):
        Forecaster().cross_validation(read_table(frame, season_length=1001), h=3)
    made = Forecaster(season_length=1000).predict(frame, h=3)
    assert np.isfinite(made["gated"]).all()
    check_seasons(5_000, None, 1_000)
    with pytest.raises(UsageError, match="Give at most 5,000"):
        check_seasons(5_001, None, 1_000)


@pytest.mark.parametrize("freq", ["5min", "min", "30min", "D", "s"])
def test_usual_seasons_are_never_too_long(freq: str) -> None:
    frame = series([1.0, 2.0, 3.0] * 10, freq)
    assert np.isfinite(Forecaster().predict(frame, h=2)["gated"]).all()


def test_the_command_line_has_the_same_limits() -> None:
    known = library_keywords.LARGEST
    assert {name: LARGEST[name] for name in known} == known
    assert library_keywords.LONGEST_SEASON == LONGEST_SEASON


HUGE = {
    "zeros, then huge": [0.0] * 56 + [1e300] * 4,
    "ripples, then huge": [float(i % 7) for i in range(56)] + [1e308] * 4,
    "tiny, then huge": [1e-300 * (i % 7) for i in range(56)] + [1.7e308, -1.7e308] * 2,
    "growing": [10.0 ** (5 * i) for i in range(60)],
    "from the least to the largest": [10.0 ** (10 * i - 300) for i in range(60)],
    "one is huge": [5.0 + i % 7 for i in range(59)] + [1e300],
    "one was huge": [1e300] + [5.0 + i % 7 for i in range(59)],
    "all are huge": [1e300 * (1 + i % 7 / 10) for i in range(60)],
    "huge of both signs": [1.7e308, -1.7e308] * 30,
    "huge in the middle": [1.0] * 25 + [-1e250, 1e280] * 5 + [2.0] * 25,
}


@pytest.mark.parametrize("values", HUGE.values(), ids=HUGE.keys())
@pytest.mark.parametrize("training", ["none", "tune", "scratch"])
def test_values_of_any_size_are_forecast_with_finite_numbers(
    tmp_path, values: list[float], training: str
) -> None:
    """The validation errors must be finite too: otherwise the model could not be saved."""
    frame = series(values)
    model = Forecaster(h=3, **{**QUICK, "training": training}).fit(frame)
    for level in ([80], [95]):
        out = model.predict(level=level)
        assert np.isfinite(out.iloc[:, 2:].to_numpy()).all()
        assert (out[f"gated-lo-{level[0]}"] <= out["gated"]).all()
        assert (out[f"gated-hi-{level[0]}"] >= out["gated"]).all()
    assert np.isfinite(list(model.verdict_.errors.values())).all()
    assert 0 <= model.verdict_.share <= 1
    made = model.forecast()
    assert np.isfinite(made.simulate(20, as_arrays=True)).all()
    assert np.isfinite(made.totals(n_paths=20).iloc[:, 4:].to_numpy()).all()
    model.save(tmp_path / "m")
    pd.testing.assert_frame_equal(Forecaster.load(tmp_path / "m").predict(), model.predict())


def test_a_backtest_of_huge_values_gives_finite_forecasts() -> None:
    found = Forecaster(training="none").backtest(series(HUGE["zeros, then huge"]), h=3, n_windows=2)
    assert np.isfinite(found.frame["gated"]).all()
    assert isinstance(found.text, str)
