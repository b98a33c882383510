"""`gated backtest`: its messages, its output and its errors."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

Gated = Callable[..., Result]
WriteSales = Callable[..., Path]


@pytest.fixture
def backtest(gated: Gated) -> Gated:
    """Run `gated backtest …` seven steps ahead."""

    def run(*arguments: object) -> Result:
        return gated("backtest", *arguments, "--horizon", 7)

    return run


def test_scores_go_to_stdout_and_the_summary_to_stderr(
    backtest: Gated, write_sales: WriteSales
) -> None:
    result = backtest(write_sales(), "--windows", 2)
    assert result.exit_code == 0
    scores = pd.read_csv(io.StringIO(result.stdout))
    assert scores["method"].tolist()[:2] == ["gated", "seasonal_naive"]
    assert {"mase", "smape", "wape", "rmse", "bias", "crps", "coverage-80", "msis-95"} <= {
        *scores.columns
    }
    assert "7 steps from each of 2 cutoffs, 7 apart, of 1 series." in result.stderr
    assert "accurate" in result.stderr
    assert "seasonal naive over 2 cutoffs (MASE" in result.stderr
    assert "80 % intervals held" in result.stderr
    assert "Coverage The 80 % interval held" in result.stderr
    assert "Kupiec's test of this share needs 4 cutoffs that do not overlap" in result.stderr


@pytest.mark.parametrize(
    ("by", "rows"), [("series", 2), ("cutoff", 3), ("step", 7), ("overall", 1)]
)
def test_scores_by(backtest: Gated, write_sales: WriteSales, by: str, rows: int) -> None:
    result = backtest(write_sales(series=("a", "b")), "--by", by, "--windows", 3)
    assert len(pd.read_csv(io.StringIO(result.stdout))) == rows * 5


def test_files_hold_the_forecasts_and_the_scores(
    backtest: Gated, write_sales: WriteSales, tmp_path: Path
) -> None:
    out, scores = tmp_path / "past.csv", tmp_path / "scores.parquet"
    result = backtest(
        write_sales(), "--out", out, "--scores", scores, "--against", "theta", "--windows", 2
    )
    assert result.exit_code == 0, result.stderr
    frame = pd.read_csv(out)
    assert len(frame) == 14
    assert {"cutoff", "y", "gated", "gated-lo-80", "gated-hi-95", "theta"} <= {*frame.columns}
    assert pd.read_parquet(scores)["method"].tolist() == ["gated", "seasonal_naive", "theta"]
    assert "past.csv and " in result.stderr


def test_json_holds_all_results(backtest: Gated, write_sales: WriteSales) -> None:
    result = backtest(write_sales(), "--json", "--windows", 2, "--level", "90")
    report = json.loads(result.stdout)
    assert {*report["scores"]} == {"overall", "series", "cutoff", "step"}
    assert report["scores"]["overall"][0].keys() >= {"coverage-90", "msis-90"}
    assert {*report["coverage"]} == {"verdict", "overall", "series", "cutoff", "step"}
    overall = report["coverage"]["overall"][0]
    assert overall["coverage"] == pytest.approx(report["scores"]["overall"][0]["coverage-90"])
    assert overall["kupiec_p"] is None  # 2 cutoffs are too few
    assert len(report["coverage"]["step"]) == 7
    assert report["cutoffs"] == 2
    assert len(report["forecast"]) == 14
    assert report["verdict"]


def test_covariates_are_used(backtest: Gated, write_sales: WriteSales) -> None:
    result = backtest(write_sales(), "--covariate", "promo", "--windows", 1)
    assert result.exit_code == 0
    assert "over 1 cutoff (" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--by", "month"), "--by month is unknown. Expected one of overall, series"),
        (("--windows", "0"), "--windows 0 is too small. Expected a whole number, at least 1."),
        (("--windows", "40"), "need at least 282. Request fewer windows"),
        (("--step-size", "x"), "--step-size x is not a whole number"),
        (("--against", "arima"), "--against arima is unknown. Did you mean `AutoARIMA`?"),
        (("--level", "0.8"), "Did you mean 80?"),
        (("--out", "past.xls"), '--out past.xls: the suffix ".xls" is unknown'),
        (("--scores", "s"), "--scores s: the name has no suffix"),
    ],
)
def test_an_impossible_option_is_an_error(
    backtest: Gated, write_sales: WriteSales, options: tuple[str, ...], words: str
) -> None:
    result = backtest(write_sales(), *options)
    assert result.exit_code == 2
    assert words in result.stderr.replace("\n", " ")
    assert result.stdout == ""


def test_a_missing_horizon_shows_the_whole_command(gated: Gated, write_sales: WriteSales) -> None:
    result = gated("backtest", write_sales())
    assert result.exit_code == 2
    assert "--horizon is missing" in result.stderr
    assert "gated backtest " in result.stderr


def test_quiet_prints_nothing(backtest: Gated, write_sales: WriteSales, tmp_path: Path) -> None:
    result = backtest(write_sales(), "--quiet", "--out", tmp_path / "past.csv")
    assert result.exit_code == 0
    assert result.stderr == ""


def test_a_report_is_written(backtest: Gated, write_sales: WriteSales, tmp_path: Path) -> None:
    result = backtest(write_sales(), "--report", tmp_path / "past.html", "--windows", 2)
    assert result.exit_code == 0, result.stderr
    page = (tmp_path / "past.html").read_text(encoding="utf-8")
    assert "Accuracy over all cutoffs" in page
    assert "past.html" in result.stderr
    refused = backtest(write_sales(), "--report", "past.pdf")
    assert refused.exit_code == 2
    assert (
        "--report past.pdf: the report is an HTML page. Expected a name ending in .html."
        in refused.stderr
    )


def test_rows_without_a_value_at_the_end_are_not_scored(gated, write_sales):
    options = ("--horizon", 7, "--windows", 2)
    whole = gated("backtest", write_sales(), *options)
    ahead = gated("backtest", write_sales("ahead.csv", unsold=20), *options)
    assert "Read     ahead.csv: 70 steps of 1 series, 2024-01-01 to 2024-03-10." in ahead.stderr
    assert "20 rows after the last `y`" in ahead.stderr
    assert ahead.stdout == whole.stdout
