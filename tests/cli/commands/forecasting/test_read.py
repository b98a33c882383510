"""`gated read` says what was understood of a table; `gated future` makes the rows to fill in."""

import json
from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def table(tmp_path) -> Path:
    days = pd.date_range("2024-01-01", periods=20)
    rows = [
        f"{day:%Y-%m-%d},{shop},{n + 5},{2.5}" for shop in ("north", "south") for n, day in
        enumerate(days) if (shop, n) != ("south", 3)
    ]  # fmt: skip
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(("day,shop,sold,price", *rows)))
    return path


def test_a_table_is_described(gated, table) -> None:
    result = gated("read", table)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:7] == [
        "series   2, by `shop`",
        "steps    20 steps a series, 2024-01-01 to 2024-01-20",
        "step     daily (D)",
        "season   7 steps",
        "target   `sold`",
        "values   whole numbers from 5 to 24",
        "missing  1 of 40 steps",
    ]
    assert "- target: column `sold`." in lines
    assert lines[-8:-3] == [
        "shop,day,sold",
        "north,2024-01-01,5",
        "north,2024-01-02,6",
        "north,2024-01-03,7",
        "…",
    ]
    assert lines[-1] == "south,2024-01-20,24"


def test_the_tidy_table_is_written_and_read_again(gated, table) -> None:
    result = gated("read", table, "--out", "tidy.csv")
    assert result.exit_code == 0
    assert "40 rows to tidy.csv." in result.stderr
    tidy = pd.read_csv("tidy.csv")
    assert tidy.columns.tolist() == ["shop", "day", "sold"]
    assert tidy["sold"].isna().sum() == 1
    again = json.loads(gated("read", "tidy.csv", "--json").stdout)
    first = json.loads(gated("read", table, "--json").stdout)
    assert again["first"] == first["first"]
    assert (again["series"], again["missing"], again["frequency"]) == (2, 1, "D")


def test_the_rows_of_the_future_are_filled_in_and_forecast(gated, table) -> None:
    result = gated("future", table, "--horizon", 3, "--covariate", "price")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == ["shop,day,price", "north,2024-01-21,"]
    assert "6 rows to stdout. Fill in `price`, then: gated forecast" in result.stderr
    filled = "".join(
        line + ("" if index == 0 else "2.5") + "\n"
        for index, line in enumerate(result.stdout.splitlines())
    )
    Path("filled.csv").write_text(filled)
    options = ("--covariate", "price", "--future", "filled.csv")
    assert gated("forecast", table, "--horizon", 3, *options).exit_code == 0


def test_messages(gated, table) -> None:
    assert "--horizon is missing" in gated("future", table).stderr
    result = gated("future", table, "--horizon", 2)
    assert "has no column for covariates" in result.stderr
    assert result.stdout.splitlines()[0] == "shop,day"
    assert "there is no such file" in gated("read", "nothing.csv").stderr
    assert gated("read", table, "--out", "tidy.xml").exit_code == 2


def test_a_series_that_is_left_out_has_its_own_exit_code(gated, table) -> None:
    table.write_text(table.read_text() + "\n2024-01-01,west,,2.5\n")
    result = gated("read", table, "-q")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "`west`: the target is missing in every row." in result.stdout
    for command in (("read",), ("forecast", "--horizon", 2, "-q")):
        first, *options = command
        assert gated(first, table, *options, "--strict").exit_code == 3
    assert json.loads(gated("read", table, "--json").stdout)["schema"] == 1


def test_short_options(gated, table) -> None:
    assert gated("-V").stdout.startswith("gated ")
    assert gated("forecast", table, "--horizon", 2, "-q", "-o", "ahead.csv").exit_code == 0
    assert len(Path("ahead.csv").read_text().splitlines()) == 5
