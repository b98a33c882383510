"""Tests reports and plots of forecasts and backtests."""

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import UsageError
from gated.forecast.evaluation.backtest import Backtest
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.views.backtest_report import backtest_report
from gated.forecast.views.forecast_report import forecast_report
from gated.plot import notebook

SCRATCH = {
    "training": "scratch",
    "max_steps": 4,
    "hidden_size": 8,
    "num_layers": 1,
    "batch_size": 8,
}
DAYS = pd.date_range("2024-01-01", periods=90, freq="D")
STATIC = pd.DataFrame({"unique_id": ["a", "b", "new"], "region": ["north", "south", "south"]})


def sales() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        pd.DataFrame({"unique_id": name, "ds": DAYS, "y": level + rng.normal(size=90)})
        for name, level in (("a", 10.0), ("b", 100.0))
    ]
    return pd.concat(rows)


@pytest.fixture(scope="module")
def made() -> Forecast:
    model = gated.Forecaster(h=7, **SCRATCH).fit(sales(), static_df=STATIC)
    return model.forecast(level=[80, 95])


@pytest.fixture(scope="module")
def found() -> Backtest:
    return gated.Forecaster(h=7).backtest(sales(), n_windows=3)


def test_a_forecast_is_reported_with_its_past(made: Forecast) -> None:
    report = forecast_report(made, {"seed": "0"}, made.explain())
    first, second, new = [report.series[k] for k in range(len(report.series))][-3:]
    assert (first.label, second.label, new.label) == ("a", "b", "new")
    assert (len(first.y), len(new.y)) == (90, 0)
    frame = made.frame.query("unique_id == 'b'")
    [forecast] = second.forecasts
    np.testing.assert_array_equal(forecast.point, frame["gated"])
    np.testing.assert_array_equal(forecast.bands[95][1], frame["gated-hi-95"])
    assert report.summary == (made.fitted.combination.text,)
    assert report.memory is not None
    assert sum(share for _, share in report.memory.shares) == pytest.approx(1, abs=0.01)
    assert report.memory.sentences
    assert report.memory.weights.x[0] == 1
    assert report.settings["seed"] == "0"
    assert report.settings["version"] == gated.__version__
    assert any("without any past" in note for note in report.reading)


def test_a_report_lists_used_and_uninformative_covariates() -> None:
    noise = np.random.default_rng(1).normal(size=180)
    found = gated.Forecaster(h=7, **SCRATCH).backtest(
        sales().assign(noise=noise), covariates=["noise"], static_df=STATIC
    )
    report = backtest_report(found, {})
    assert report.settings["covariates"] == "`noise`"
    assert report.settings["static features"] == "`region`"
    assert found.fit_notes == ("left out: `noise` did not explain y in the past.",)
    assert report.notes == found.fit_notes
    assert found.notes == (*report.reading, *report.notes)


def test_without_mase_there_is_no_chart_of_the_error_by_step() -> None:
    y = np.tile([10.0, 10, 10, 10, 10, 15, 15], 8)
    repeated = pd.DataFrame({"ds": DAYS[:56], "y": y})
    found = gated.Forecaster(h=7).backtest(repeated, n_windows=2)
    charts = backtest_report(found, {}).line_charts
    assert [chart.y_label for chart in charts] == ["coverage, %", "coverage, %"]


def test_a_backtest_is_reported_with_its_scores(found: Backtest) -> None:
    report = backtest_report(found, {})
    assert len(report.series) == 2
    assert [len(one.forecasts) for one in report.series] == [3, 3]
    assert {*report.series[0].forecasts[0].competitors} == {
        "naive",
        "seasonal naive",
        "drift",
        "seasonal mean",
    }
    accuracy, intervals, tests, held, cutoffs = report.tables
    scores = found.scores().set_index("method")
    assert accuracy.rows[0][:2] == ("gated", pytest.approx(scores.loc["gated", "mase"]))
    assert [row[0] for row in intervals.rows] == ["gated, 80 %", "gated, 95 %"]
    assert [row[0] for row in cutoffs.rows] == ["2024-03-09", "2024-03-16", "2024-03-23"]
    by_step = found.scores(by="step").query("method == 'gated'")["mase"]
    np.testing.assert_allclose(report.line_charts[0].lines["gated"], by_step)
    assert [row[0] for row in tests.rows] == ["80 %", "95 %"]
    assert tests.rows[0][1] == pytest.approx(100 * scores.loc["gated", "coverage-80"])
    assert found.coverage_text[0] in tests.note
    by_cutoff = found.coverage("cutoff").query("level == 80")["coverage"]
    assert [row[1] for row in held.rows] == pytest.approx((100 * by_cutoff).tolist())
    steps = found.coverage("step").query("level == 95")["coverage"]
    assert report.line_charts[2].title == "Coverage of the 95 % interval by step ahead"
    np.testing.assert_allclose(report.line_charts[2].lines["95 % interval"], 100 * steps)
    assert report.coverage is not None
    coverage = dict(zip(report.coverage.nominal, report.coverage.actual, strict=True))
    assert coverage[80.0] == pytest.approx(100 * scores.loc["gated", "coverage-80"])


@pytest.mark.parametrize("what", ["made", "found"])
def test_pages_have_every_series(what: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(what).report(table="sales.csv")
    head = re.search(r'<script type="application/json" id="head">([^<]*)<', page)
    assert head is not None
    labels = json.loads(head[1])["labels"]
    assert {"a", "b"} <= {*labels}
    assert "<dd>sales.csv</dd>" in page


@pytest.mark.parametrize("engine", ["matplotlib", "plotly"])
def test_plots_show_past_forecast_and_intervals(
    made: Forecast, found: Backtest, engine: Any
) -> None:
    names = {"history", "forecast", "80 % interval", "95 % interval"}
    assert {*legend(made.plot("b", engine=engine))} == names
    assert {*legend(found.plot("b", window=0, engine=engine))} == {*names, "actual"}
    assert legend(made.plot("new", engine=engine))  # without any past


def legend(figure: Any) -> list[str]:
    if hasattr(figure, "data"):
        return [trace.name for trace in figure.data]
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_the_past_in_a_plot_of_a_backtest_ends_at_the_cutoff(found: Backtest) -> None:
    figure = found.plot("a", window=1, engine="plotly")
    past = next(trace for trace in figure.data if trace.name == "history")
    actual = next(trace for trace in figure.data if trace.name == "actual")
    assert pd.Timestamp(past.x[-1]) == pd.Timestamp("2024-03-16")
    assert pd.Timestamp(actual.x[0]) == pd.Timestamp("2024-03-17")
    np.testing.assert_array_equal(actual.y, sales().query("unique_id == 'a'")["y"][76:83])


def test_invalid_plots_are_refused(
    made: Forecast, found: Backtest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"no series 'c'. Expected one of 3 labels, such as 'a'"):
        made.plot("c")
    with pytest.raises(UsageError, match=r"engine is 'bokeh'. Expected one of matplotlib, plotly"):
        made.plot(engine="bokeh")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"window is 3. Expected a cutoff from 0 to 2"):
        found.plot(window=3)
    monkeypatch.setattr(notebook, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r'needs matplotlib.*pip install "gated\[plot\]"'):
        made.plot()
