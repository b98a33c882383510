"""`gated forecast` without errors: stdout, files and stderr."""

import io
import json
import subprocess
import sys

import pandas as pd
import pytest

from gated import Forecaster, read_table


def uneven(steps, start=1):
    """Return values that no simple baseline forecasts."""
    return [(start + step) * 37 % 11 + 1.5 for step in range(steps)]


def test_a_pipe_gets_only_csv(forecast, sales):
    result = forecast(sales)
    assert result.exit_code == 0, result.stderr
    frame = pd.read_csv(io.StringIO(result.stdout))
    assert frame.columns.tolist() == [
        "unique_id",
        "ds",
        "gated",
        "gated-mean",
        "gated-lo-80",
        "gated-hi-80",
    ]
    assert frame["ds"].tolist() == [f"2024-03-{day}" for day in range(11, 18)]


def test_it_is_the_forecast_of_the_library(forecast, sales):
    result = forecast(sales, "--seed", 4, "--level", "50,95", "--quantiles", "0.25")
    model = Forecaster(h=7, seed=4).fit(read_table(sales))
    expected = model.predict(level=[50, 95], quantiles=[0.25])
    expected["gated-mean"] = expected["gated-mean"].round(3)  # three decimals more than the values
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(result.stdout), parse_dates=["ds"]), expected, check_dtype=False
    )


def test_messages_have_an_order(forecast, sales):
    message = forecast(sales, "--out", "f.csv", "--save", "m.gated").stderr
    places = [message.index(f"\n{word} ") for word in ("Method", "Memory", "Saved", "Written")]
    assert message.startswith("Read     sales.csv: 70 steps of 1 series, 2024-01-01 to 2024-03-10.")
    assert places == sorted(places)
    assert "--covariate" in message
    assert "covariates=" not in message  # the Python spelling


def test_quiet_prints_nothing(forecast, sales):
    result = forecast(sales, "--quiet", "--out", "f.csv")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".CSV"])
def test_out_by_suffix(forecast, sales, tmp_path, suffix):
    out = tmp_path / f"forecast{suffix}"
    result = forecast(sales, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".json": pd.read_json}
    frame = read[suffix.lower()](out)
    assert len(frame) == 7
    assert frame.columns[2] == "gated"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_json_is_one_object_with_all_results(forecast, sales):
    result = forecast(sales, "--json", "--quiet")
    report = json.loads(result.stdout)
    assert report["horizon"] == len(report["forecast"]) == 7
    assert report["forecast"][0]["ds"] == "2024-03-11"
    assert report["verdict"]["text"].startswith("Expect errors of about ")
    assert report["memory"][0].keys() == {"distance", "share"}
    assert report["left_out"] == {}
    assert report["notes"]
    assert report["seconds"] > 0


def test_times_with_a_clock_keep_it(forecast, tmp_path):
    hours = pd.date_range("2024-01-01", periods=72, freq="h")
    pd.DataFrame({"ds": hours, "y": uneven(72)}).to_csv(tmp_path / "hours.csv", index=False)
    report = json.loads(forecast("hours.csv", "--json").stdout)
    assert report["forecast"][0]["ds"] == "2024-01-04T00:00:00"


def test_numbered_steps(forecast, tmp_path):
    pd.DataFrame({"y": uneven(40)}).to_csv(tmp_path / "steps.csv", index=False)
    report = json.loads(forecast("steps.csv", "--json").stdout)
    assert [row["ds"] for row in report["forecast"]] == list(range(40, 47))


def test_reading_options_reach_the_table(forecast, tmp_path):
    rows = [
        f"{day:02}.01.2024;{shop};{day * 5 % 7}"
        for shop in "AB"
        for day in range(1, 29)
        if day != 9
    ]
    (tmp_path / "t.csv").write_text("\n".join(["day;shop;sold", *rows]))
    result = forecast(
        *("t.csv", "--id-col", "shop", "--time-col", "day", "--target-col", "sold"),
        *("--time-format", "%d.%m.%Y", "--fill", "zero", "--freq", "D", "--season-length", 5),
        *("--long", "--json"),
    )
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert {row["shop"] for row in report["forecast"]} == {"A", "B"}
    assert any("taken as 0" in note for note in report["notes"])
    assert any("season of 5" in note for note in report["notes"])


def test_rows_of_a_day_are_added_up_by_the_command_and_its_model(forecast, gated, tmp_path):
    times = pd.date_range("2024-01-01 08:00", periods=320, freq="6h")
    sold = pd.DataFrame({"sold_at": times, "amount": uneven(320)})
    sold.to_csv(tmp_path / "sold.csv", index=False)
    asked = ("--freq", "D", "--aggregate", "sum", "--json")
    first = forecast("sold.csv", *asked, "--save", "model.gated")
    assert first.exit_code == 0, first.stderr
    report = json.loads(first.stdout)
    assert any("320 rows of `amount` became 81 steps" in note for note in report["notes"])
    again = gated("forecast", "sold.csv", "--horizon", 7, "--model", "model.gated", "--json")
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout)["forecast"] == report["forecast"]
    counted = forecast("sold.csv", "--freq", "D", "--aggregate", "count", "--save", "c.gated")
    assert counted.exit_code == 0, counted.stderr
    again = gated("forecast", "sold.csv", "--horizon", 7, "--model", "c.gated")
    assert (again.exit_code, again.stdout) == (0, counted.stdout), again.stderr


def test_wide_tables(forecast, tmp_path):
    days = pd.date_range("2024-01-01", periods=40)
    wide = pd.DataFrame({"ds": days, "north": uneven(40), "south": uneven(40, 9)})
    wide.to_csv(tmp_path / "wide.csv", index=False)
    rows = json.loads(forecast("wide.csv", "--wide", "--json").stdout)["forecast"]
    assert {row["unique_id"] for row in rows} == {"north", "south"}


class TestKnownFuture:
    def test_rows_without_a_target_are_the_future(self, forecast, write_sales):
        result = forecast(write_sales(unsold=7), "--covariate", "promo")
        assert result.exit_code == 0, result.stderr
        assert "7 rows after the last `y` with values of `promo`: used as the known future." in (
            result.stderr
        )
        assert pd.read_csv(io.StringIO(result.stdout))["ds"].iloc[0] == "2024-03-11"

    def test_a_future_file_gives_the_same_forecast(self, forecast, write_sales, sales, tmp_path):
        together = forecast(write_sales("all.csv", unsold=7), "--covariate", "promo")
        rows = (tmp_path / "all.csv").read_text().splitlines()
        future = [f"{row.split(',')[0]},{row.split(',')[2]}" for row in rows[-7:]]
        (tmp_path / "future.csv").write_text("\n".join(["ds,promo", *future]))
        apart = forecast(sales, "--covariate", "promo", "--future", "future.csv")
        assert together.stdout == apart.stdout != ""

    def test_each_series_has_a_future_of_its_own(self, forecast, write_sales, tmp_path):
        table = write_sales(unsold=9, series=("A", "B"))
        lines = table.read_text().splitlines()
        table.write_text("\n".join(lines[:-2]))  # B has two days less than A
        result = forecast(table, "--covariate", "promo")
        assert result.exit_code == 0, result.stderr
        assert len(result.stdout.splitlines()) == 1 + 2 * 7


class TestSavedModel:
    def test_forecasts_the_same_without_fitting(self, forecast, gated, sales):
        fitted = forecast(sales, "--save", "shop.gated")
        loaded = gated("forecast", sales, "--horizon", 7, "--model", "shop.gated")
        assert loaded.exit_code == 0, loaded.stderr
        assert loaded.stdout == fitted.stdout

    def test_forecasts_a_newer_table(self, forecast, gated, write_sales):
        forecast(write_sales(unsold=7), "--covariate", "promo", "--save", "shop.gated")
        newer = write_sales("newer.csv", days=80, unsold=7)
        result = gated("forecast", newer, "--horizon", 7, "--model", "shop.gated")
        assert result.exit_code == 0, result.stderr
        assert "2024-03-21" in result.stdout

    def test_reads_wide_tables_as_in_the_fit(self, forecast, gated, tmp_path):
        days = pd.date_range("2024-01-01", periods=40)
        wide = pd.DataFrame({"ds": days, "north": uneven(40), "south": uneven(40, 9)})
        wide.to_csv(tmp_path / "wide.csv", index=False)
        fitted = forecast("wide.csv", "--wide", "--save", "shop.gated")
        loaded = gated("forecast", "wide.csv", "--horizon", 7, "--model", "shop.gated")
        assert loaded.exit_code == 0, loaded.stderr
        assert loaded.stdout == fitted.stdout

    @pytest.mark.parametrize(
        "option",
        [
            ("--seed", "1"),
            ("--training", "none"),
            ("--max-steps", "9"),
            ("--covariate", "promo"),
            ("--freq", "D"),
            ("--season-length", "7"),
            ("--save", "other.gated"),
            ("--checkpoint", "c"),
        ],
    )
    def test_options_without_effect_are_errors(self, gated, sales, option):
        result = gated("forecast", sales, "--horizon", 7, "--model", "shop.gated", *option)
        assert result.exit_code == 2
        assert f"{option[0]} would change nothing" in result.stderr


def test_stdout_and_stderr_are_apart_in_a_process_of_its_own(sales):
    arguments = ["forecast", str(sales), "--horizon", "7"]
    done = subprocess.run(
        [sys.executable, "-c", "from gated.cli import main; main()", *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 8
    assert "\x1b" not in done.stdout + done.stderr
    assert "Warning" not in done.stderr


def test_past_covariates_static_features_and_holidays(gated, write_sales, tmp_path):
    table = write_sales(series=("a", "b"))
    static = tmp_path / "static.csv"
    static.write_text("unique_id,region\na,north\nb,south\nnew,south\n")
    options = ("--past-covariate", "promo", "--static", static, "--holidays", "DE")
    result = gated("forecast", table, "--horizon", 7, *options)
    assert result.exit_code == 0, result.stderr
    assert pd.read_csv(io.StringIO(result.stdout))["unique_id"].unique().tolist() == [
        "a",
        "b",
        "new",
    ]
    assert "1 series without any past, first `new`" in result.stderr
    assert "static features: `region`" in result.stderr
    refused = gated("forecast", table, "--horizon", 7, "--holidays", "UK")
    assert refused.exit_code == 2
    assert "--holidays UK: `UK` is not a supported country code" in refused.stderr


def test_a_missing_future_value_is_printed(gated, write_sales, tmp_path):
    table = write_sales()
    ahead = pd.DataFrame(
        {"ds": pd.date_range("2024-03-11", periods=7), "promo": [1, None] + 5 * [0]}
    )
    ahead.to_csv(tmp_path / "next.csv", index=False)
    options = ("--covariate", "promo", "--future", tmp_path / "next.csv")
    result = gated("forecast", table, "--horizon", 7, *options)
    assert result.exit_code == 0, result.stderr
    assert "1 future value of `promo` missing (first: 2024-03-12" in result.stderr


def test_a_report_is_written(forecast, write_sales, tmp_path):
    result = forecast(write_sales(), "--report", tmp_path / "ahead.html")
    assert result.exit_code == 0, result.stderr
    page = (tmp_path / "ahead.html").read_text(encoding="utf-8")
    assert "What it remembered" in page
    assert "<dd>sales.csv</dd>" in page
    assert "ahead.html: open it in a browser." in result.stderr


def test_empty_rows_at_the_end_are_the_future(forecast, tmp_path):
    days = pd.date_range("2024-01-01", periods=88)
    y = [*(float(day) for day in days[:60].day_of_week), *[None] * 28]
    pd.DataFrame({"ds": days, "y": y}).to_csv(tmp_path / "ahead.csv", index=False)
    result = forecast(tmp_path / "ahead.csv")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[1].startswith("y,2024-03-01,")
    message = " ".join(result.stderr.split())
    assert "28 rows after the last `y` of their series left out" in message
    assert "not observed" not in message
