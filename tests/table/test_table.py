"""Tests the overview that a table prints."""

import numpy as np
import pandas as pd

from gated.table.reader import read_table
from tests.table.example_tables import panel


def test_a_table_prints_its_first_rows_and_the_missing_steps() -> None:
    sales = panel(3, periods=8)
    sales["weather"] = np.tile(["sun", "rain"], 12)
    sales.loc[1, "y"] = np.nan
    table = read_table(sales, covariates=["weather"])
    title, heads, *rows = str(table).splitlines()
    assert title == (
        "Table of 3 series, 24 steps, 2021-01-01 to 2021-01-08, daily (D), season of 7 steps."
    )
    assert heads.split() == ["unique_id", "ds", "y", "weather"]
    assert rows[0].split() == ["s0", "2021-01-01", "0", "sun"]
    assert rows[1].split() == ["s0", "2021-01-02", "–", "rain"]
    assert rows[5:] == [
        "and 19 more rows",
        "Not observed: 1 step.",
        "See .notes for what was detected, assumed and repaired.",
    ]
    assert repr(table) == f"<{title[:-1]}>"
    assert "<td" in table._repr_html_()


def test_a_table_prints_which_series_were_left_out() -> None:
    sales = panel(3)
    sales.loc[6:11, "y"] = np.nan
    assert "Left out: `s1`; see .rejected for the reasons." in str(read_table(sales)).splitlines()


def test_numbered_steps_are_printed_as_numbers() -> None:
    title = str(read_table(pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0]}))).splitlines()[0]
    assert title.startswith("Table of 1 series, 4 steps, 0 to 3, numbered steps (1)")


def test_a_zone_with_summer_time_is_printed_as_its_wall_clock() -> None:
    hours = pd.date_range("2024-03-30 22:00", periods=48, freq="h", tz="Europe/Berlin")
    table = read_table(pd.DataFrame({"ds": hours, "y": np.arange(48.0)}))
    assert "2024-03-30 22:00 to 2024-04-01 22:00 (Europe/Berlin)" in str(table)
    rows = str(table).splitlines()[2:7]
    assert [row.split()[1:3] for row in rows] == [
        ["2024-03-30", "22:00"],
        ["2024-03-30", "23:00"],
        ["2024-03-31", "00:00"],
        ["2024-03-31", "01:00"],
        ["2024-03-31", "03:00"],
    ]
