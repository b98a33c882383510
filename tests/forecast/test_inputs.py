"""Tests input tables: the last rows of a table may be its known future."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import gated
from gated.errors import DataError
from gated.forecast import Forecaster
from tests.forecast.example_tables import QUICK, future, sales

AHEAD = 14


def with_the_future(*columns: str, n: int = 2) -> pd.DataFrame:
    """Two shops, with the covariates of the next fourteen days filled in, and no target there."""
    whole = pd.concat([sales(n), future(n, AHEAD).assign(y=np.nan)], ignore_index=True)
    return whole[["unique_id", "ds", "y", *columns]]


def test_rows_after_the_last_target_are_the_known_future() -> None:
    model = Forecaster(h=AHEAD).fit(with_the_future("open"), covariates=["open"])
    assert any("28 rows after the last `y` with values of `open`" in note for note in model.notes_)
    found = model.predict()
    given = Forecaster(h=AHEAD).fit(sales()[["unique_id", "ds", "y", "open"]], covariates=["open"])
    pd.testing.assert_frame_equal(found, given.predict(X_df=future()[["unique_id", "ds", "open"]]))
    sundays = found["ds"].dt.day_of_week == 6
    assert (found.loc[sundays, "gated"] == 0).all()
    assert (found.loc[~sundays, "gated"] > 0).all()


def test_a_trained_network_reads_them() -> None:
    quiet = with_the_future("promo")
    busy = quiet.assign(promo=quiet["promo"].where(quiet["y"].notna(), 1.0))
    options = {**QUICK, "max_steps": 20, "learning_rate": 1e-2}
    forecasts = [
        Forecaster(h=AHEAD, **options).fit(frame, covariates=["promo"]).predict()["gated"]
        for frame in (quiet, busy)
    ]
    assert (forecasts[1] > forecasts[0]).mean() > 0.8


def test_a_given_future_has_priority() -> None:
    model = Forecaster(h=AHEAD).fit(with_the_future("open"), covariates=["open"])
    out = model.predict(X_df=future()[["unique_id", "ds", "open"]].assign(open=0.0))
    assert (out["gated"] == 0).all()


def test_another_table_has_its_own_known_future() -> None:
    model = Forecaster(h=AHEAD).fit(with_the_future("open"), covariates=["open"])
    closed = with_the_future("open", n=1)
    closed.loc[closed["y"].isna(), "open"] = 0.0
    out = model.predict(closed)
    assert out["unique_id"].unique().tolist() == ["shop0"]
    assert (out["gated"] == 0).all()


@pytest.mark.parametrize("kind", ["polars", "table"])
def test_the_known_future_of_other_kinds_of_table(kind: str) -> None:
    frame = with_the_future("open")
    expected = Forecaster(h=AHEAD).fit(frame, covariates=["open"]).predict()["gated"]
    model = Forecaster(h=AHEAD)
    if kind == "polars":
        model.fit(pl.from_pandas(frame), covariates=["open"])
    else:
        model.fit(gated.read_table(frame, covariates=["open"]))
    np.testing.assert_array_equal(np.asarray(model.predict()["gated"]), expected)


def test_a_future_that_is_too_short_is_refused() -> None:
    model = Forecaster(h=AHEAD).fit(with_the_future("open"), covariates=["open"])
    assert len(model.predict(h=5)) == 10
    with pytest.raises(DataError, match=r"lacks .*14 of 20 steps given"):
        model.predict(h=20)


def test_a_missing_future_is_an_error_with_both_ways_to_give_it() -> None:
    model = Forecaster(h=AHEAD).fit(sales()[["unique_id", "ds", "y", "open"]], covariates=["open"])
    with pytest.raises(DataError, match=r"with X_df=: a table .*or as rows after the last target"):
        model.predict()


def test_the_known_future_is_saved(tmp_path) -> None:
    model = Forecaster(h=AHEAD).fit(with_the_future("open"), covariates=["open"])
    model.save(tmp_path / "m")
    loaded = Forecaster.load(tmp_path / "m")
    pd.testing.assert_frame_equal(loaded.predict(), model.predict())
    assert loaded.notes_ == model.notes_


def test_backtests_end_with_the_last_target() -> None:
    frame, past = with_the_future("open"), sales()[["unique_id", "ds", "y", "open"]]
    found, expected = (
        Forecaster().cross_validation(rows, h=7, covariates=["open"]) for rows in (frame, past)
    )
    pd.testing.assert_frame_equal(found, expected)
