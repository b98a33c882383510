"""What a forecast prints."""

from gated.forecast import Forecaster
from gated.forecast.prediction.forecast import Forecast
from tests.forecast.example_tables import DAYS


def test_a_forecast_prints_its_first_rows_and_the_verdict(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7, level=[80])
    title, heads, *rows, more, verdict = str(made).splitlines()
    assert title.startswith("Forecast of 2 series, 7 steps ahead, ")
    assert title.endswith(", daily (D).")
    assert heads.split() == ["unique_id", "ds", "gated", "gated-lo-80", "gated-hi-80"]
    assert [row.split()[0] for row in rows] == ["shop0"] * 5
    assert rows[0].split()[1] > str(DAYS[-1].date())
    assert more == "and 9 more rows in .frame"
    assert verdict == made.verdict.text


def test_a_forecast_of_few_steps_is_shown_whole(fitted: Forecaster) -> None:
    lines = str(fitted.forecast(h=1, level=[])).splitlines()
    assert lines[1].split() == ["unique_id", "ds", "gated"]
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
