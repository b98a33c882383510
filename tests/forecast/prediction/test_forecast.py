"""Tests `Forecast`: its parts, and its printed overview."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import GatedWarning, UsageError
from gated.forecast import Forecaster
from gated.forecast.prediction.forecast import Forecast
from tests.forecast.example_tables import DAYS, future


def test_remembered_equals_that_of_the_forecaster(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7)
    assert made.memory == fitted.memory()
    pd.testing.assert_frame_equal(made.remembered(top=2), fitted.remembered(top=2))
    # Sundays are closed: no past value is read for them.
    assert len(made.remembered(top=2)) == 2 * (made.frame["gated"] > 0).sum()
    with pytest.raises(UsageError, match=r"top is 0. Expected a whole number, at least 1"):
        made.remembered(top=0)


def test_verdict_equals_that_of_the_forecaster(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7)
    assert made.verdict == fitted.verdict_
    assert made.requested.levels == (80,)
    assert made.h == 7


def test_findings_describe_the_past_and_notes_the_steps_ahead(
    with_covariates: Forecaster,
) -> None:
    ahead = future()
    ahead.loc[0, "promo"] = np.nan
    made = with_covariates.forecast(X_df=ahead)
    [closed], [missing] = made.findings, made.future_notes
    assert made.notes == (*made.table.notes, closed, missing)
    assert closed.startswith("y was 0 on all 28 steps with open = 0")
    assert missing.startswith("1 future value of `promo` missing")
    with pytest.warns(GatedWarning, match="1 future value of `promo` missing"):
        with_covariates.predict(X_df=ahead)


def test_the_data_set_is_built_once(fitted: Forecaster, monkeypatch: pytest.MonkeyPatch) -> None:
    from gated.forecast.prediction import values as module

    laid_out = []
    build = module.build_dataset
    monkeypatch.setattr(module, "build_dataset", lambda *a: laid_out.append(1) or build(*a))
    made = fitted.forecast(h=7)
    assert laid_out == []  # nothing is computed before it is used
    assert made.frame["gated"].notna().all()
    assert made.memory
    assert len(made.remembered()) > 0
    assert laid_out == [1]
    assert made.data.history.tolist() == [140, 140]


def test_a_forecast_prints_its_first_rows_and_the_validation_result(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7, level=[80])
    title, heads, *rows, more, which, verdict = str(made).splitlines()
    assert title.startswith("Forecast of 2 series, 7 steps ahead, ")
    assert title.endswith(", daily (D).")
    assert heads.split() == ["unique_id", "ds", "gated", "gated-mean", "gated-lo-80", "gated-hi-80"]
    assert [row.split()[0] for row in rows] == ["shop0"] * 5
    assert rows[0].split()[1] > str(DAYS[-1].date())
    assert more == "and 9 more rows in .frame"
    assert which == f"gated is the median, gated-mean the mean. {made.point.text}"
    assert verdict == made.verdict.text


def test_a_forecast_of_few_steps_is_shown_whole(fitted: Forecaster) -> None:
    lines = str(fitted.forecast(h=1, level=[])).splitlines()
    assert lines[1].split() == ["unique_id", "ds", "gated", "gated-mean"]
    assert lines[3] == "and 1 more row in .frame"


def test_the_repr_computes_nothing(fitted: Forecaster) -> None:
    made = fitted.forecast(h=3)
    assert repr(made).startswith("<Forecast of 2 series, 3 steps ahead")
    assert "prediction" not in vars(made)


def test_a_notebook_shows_the_same_rows(fitted: Forecaster) -> None:
    made: Forecast = fitted.forecast(h=3)
    page = made._repr_html_()
    assert page.count("<tr>") == 4
    assert "<th>gated-lo-80</th>" in page
    assert made.verdict.text[:40] in page
