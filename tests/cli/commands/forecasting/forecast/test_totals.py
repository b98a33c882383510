"""`gated forecast` with paths, totals and probabilities."""

import io
import json

import pandas as pd
import pytest

from gated import Forecaster
from gated.cli.requests.forecasting.forecast_request import MOST_PATHS, PERIODS
from gated.forecast.prediction import paths, totals
from gated.text import between, rounded


def as_frame(result):
    assert result.exit_code == 0, result.stderr
    return pd.read_csv(io.StringIO(result.stdout))


def test_copies_of_values_equal_those_of_the_library():
    assert totals.Period.__args__ == PERIODS
    assert paths._MOST_PATHS == MOST_PATHS


def test_paths_are_written_instead_of_the_forecast(forecast, sales):
    frame = as_frame(forecast(sales, "--paths", 3, "--seed", 5))
    assert frame.columns.tolist() == ["unique_id", "ds", "path", "value"]
    assert frame["path"].tolist() == [0] * 7 + [1] * 7 + [2] * 7
    again = as_frame(forecast(sales, "--paths", 3, "--seed", 5))
    pd.testing.assert_frame_equal(frame, again)
    written = forecast(sales, "--paths", 3, "--seed", 5, "--out", "p.csv")
    assert "p.csv: 21 rows" in written.stderr
    pd.testing.assert_frame_equal(frame, pd.read_csv("p.csv"))


def test_totals_of_each_series_and_of_all_are_written(forecast, write_sales):
    frame = as_frame(forecast(write_sales(series=("a", "b")), "--totals", "week", "--level", 90))
    assert [*frame.columns[3:]] == ["steps", "gated-mean", "gated-lo-90", "gated-hi-90"]
    assert frame["unique_id"].unique().tolist()[-1] == "all series"
    assert frame.groupby("unique_id")["steps"].sum().to_dict() == {
        "a": 7,
        "all series": 14,
        "b": 7,
    }
    assert (frame["gated-lo-90"] <= frame["gated-hi-90"]).all()


def test_the_total_is_printed_as_in_a_report(forecast, sales, write_sales):
    one = forecast(sales, "--enough", 1e6, "--level", 90, "--out", "f.csv").stderr
    row = Forecaster().forecast(sales, h=7).totals(level=90).iloc[0]
    interval = between(row["gated-lo-90"], row["gated-hi-90"])
    assert (
        f"\nTotal    Over 7 days: {rounded(row['gated-mean'])} expected; "
        f"between {interval} with 90 % probability."
    ) in one
    assert "\nEnough   1,000,000 is enough with 100 % probability." in one
    several = forecast(write_sales(series=("a", "b")), "--enough", 0).stderr
    assert "Over 7 days: all 2 series together: " in several
    assert "0 is enough for all 2 series with 0.0 % probability." in several


def test_the_line_is_described_where_one_is_drawn(forecast, sales):
    assert "\nLine " not in forecast(sales).stderr
    assert "\nLine     The line is the m" in forecast(sales, "--report", "r.html").stderr


def test_many_series_have_one_total(forecast, write_sales):
    said = forecast(write_sales(series=tuple("abcd"))).stderr
    assert "all 4 series together" in said
    assert "--totals horizon writes the total of each series." in said


def test_json_has_totals_and_the_point(forecast, sales):
    report = json.loads(forecast(sales, "--json", "--enough", 5).stdout)
    assert report["point"]["name"] in ("mean", "median")
    assert report["totals"][0]["steps"] == 7
    assert report["enough"][0]["probability"] == 0
    assert len(report["forecast"]) == 7
    report = json.loads(forecast(sales, "--json", "--paths", 2).stdout)
    assert len(report["paths"]) == 14


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("--paths", 2, "--totals", "week"), "are two contents of one file. Give one of them"),
        (("--paths", 0), "--paths 0 is too small. Expected a whole number from 1 to 1,000,000."),
        (("--totals", "weeks"), "--totals weeks is unknown. Did you mean `week`?"),
        (("--enough", "many"), "--enough many is not a number. Expected a number, such as"),
        (("--enough", "nan"), "--enough nan is not a number."),
    ],
)
def test_wrong_options_are_refused(forecast, sales, typed, message):
    result = forecast(sales, *typed)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
