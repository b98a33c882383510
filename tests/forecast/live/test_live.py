"""The live state: what it keeps, adapts, flags and refuses."""

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from gated.errors import DataError, GatedWarning, NotFittedError, UsageError
from tests.forecast.example_tables import sales
from tests.forecast.live.tables import H, daily, day, numbers, single, table, watched


def test_columns_and_times_are_those_of_predict():
    frame = table(["plain", "counts"], 120)
    model, live = watched(frame)
    expected, found = model.predict(level=[80, 95]), live.forecast(level=[80, 95])
    assert found.columns.tolist() == expected.columns.tolist()
    assert found["ds"].tolist() == expected["ds"].tolist()
    assert found.dtypes.tolist() == expected.dtypes.tolist()


def test_a_value_is_compared_with_the_forecast_made_before():
    live = single()
    made = live.forecast()
    expected = made["gated"].iloc[0]
    usual = live.update({"unique_id": "a", "ds": day(120), "y": float(expected)})
    assert usual.expected[0] == pytest.approx(expected)
    assert usual.probability[0] > 0.9
    assert not usual.unlikely[0]
    odd = live.update({"unique_id": "a", "ds": day(121), "y": 500.0})
    assert odd.probability[0] < 1e-6
    assert odd.unlikely.tolist() == [True]
    assert odd.frame.columns.tolist() == [
        "unique_id", "ds", "y", "expected", "probability", "unlikely",
    ]  # fmt: skip


def test_without_a_forecast_there_is_no_probability():
    live = single()
    found = live.update({"unique_id": "a", "ds": day(120), "y": 1e6})
    assert np.isnan(found.probability[0])
    assert np.isnan(found.expected[0])
    assert not found.unlikely[0]
    live.forecast(2)
    later = live.update({"unique_id": "a", "ds": day(123), "y": 1.0})  # the third step ahead
    assert np.isnan(later.probability[0])


def test_intervals_adapt_and_medians_do_not():
    frame = daily("plain", 200)
    adaptive, fixed = (single(120, adaptive=flag) for flag in (True, False))
    for row in frame[120:160].assign(y=lambda part: part["y"] + 40 * (part.index % 2)).itertuples():
        for live in (adaptive, fixed):
            live.forecast()
            live.update([{"unique_id": "a", "ds": row.ds, "y": row.y}])
    one, other = adaptive.forecast(), fixed.forecast()
    assert one["gated"].tolist() == other["gated"].tolist()
    assert one["gated-mean"].tolist() == other["gated-mean"].tolist()
    widths = [made["gated-hi-80"] - made["gated-lo-80"] for made in (one, other)]
    assert widths[0].mean() > 1.2 * widths[1].mean()


def test_unknown_series_are_refused_or_begin():
    refusing, taking = single(), single(new_series=True)
    rows = [{"unique_id": "b", "ds": day(120), "y": 3.0}]
    with pytest.raises(DataError, match=r"there is no series `b`.*new_series=True"):
        refusing.update(rows)
    taking.update(rows)
    assert taking.ids.tolist() == ["a", "b"]
    assert taking.forecast(series="b")["ds"].iloc[0] == pd.Timestamp(day(121))
    assert np.isfinite(numbers(taking.forecast())).all()
    with pytest.raises(DataError):
        taking.update(
            [{"unique_id": "c", "ds": day(1), "y": 1}, {"unique_id": "a", "ds": day(0), "y": -1}]
        )
    assert taking.ids.tolist() == ["a", "b"]  # nothing of a refused block was taken


def test_a_refused_block_changes_nothing():
    live = single()
    before = numbers(live.forecast())
    rows = pd.DataFrame({"unique_id": "a", "ds": [day(120), day(100)], "y": [1.0, -1e3]})
    with pytest.raises(DataError):
        live.update(rows)
    assert (numbers(live.forecast()) == before).all()


def test_arguments_out_of_range():
    live = single()
    with pytest.raises(UsageError, match=r"h is 8, but .* forecasts of up to 7"):
        live.forecast(H + 1)
    with pytest.raises(UsageError, match="There is no series 'b'"):
        live.forecast(series=["a", "b"])
    with pytest.raises(UsageError, match="unlikely is 2"):
        single(unlikely=2)
    with pytest.raises(NotFittedError):
        Forecaster().watch()


def test_refresh_decides_again_from_the_kept_steps():
    frame = daily("plain", 300)
    live = Forecaster().watch(frame[:100], h=H)
    live.update(frame[100:])
    live.refresh()
    again = Forecaster().watch(frame, h=H)
    assert live.verdict == again.verdict
    assert (numbers(live.forecast()) == numbers(again.forecast())).all()


def test_covariates_of_the_fit_are_left_out_with_a_warning():
    frame = sales()
    model = Forecaster(h=H).fit(frame, covariates=["open", "promo"])
    if model._fit.fitted.profile.closing is None and model._fit.fitted.profile.regression is None:
        pytest.skip("the fit uses no covariate")
    with pytest.warns(GatedWarning, match="uses no covariates"):
        live = model.watch()
    plain = Forecaster(h=H).fit(frame[["unique_id", "ds", "y"]])
    assert live.verdict == plain.verdict_


def test_a_network_trained_with_covariates_cannot_be_watched(with_covariates):
    with pytest.raises(UsageError, match="trained with covariates"):
        with_covariates.watch()


def test_a_trained_network_is_watched(fitted):
    live = fitted.watch(adaptive=False)
    assert (numbers(live.forecast()) == numbers(fitted.predict())).all()
    with pytest.raises(UsageError, match="trained on its table"):
        live.refresh()


def test_single_events_are_refused():
    events = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=400, freq="6h"), "y": 1.0})
    from gated import read_table

    with pytest.raises(UsageError, match="single events"):
        Forecaster().watch(read_table(events, aggregate="sum", freq="D"))
