"""Tests the time column: every type, every zone, every error."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.table import read_table
from gated.table.io.source import open_source
from gated.table.time.times import TimeRequest, Times, read_times

DAYS = pd.date_range("2021-03-27", periods=3)
EXPECTED = DAYS.to_numpy().astype("M8[ns]")


def times(cells: Any, **request: Any) -> Times:
    frame = cells if isinstance(cells, pl.DataFrame | pa.Table) else pd.DataFrame({"ds": cells})
    return read_times(open_source(frame), TimeRequest("ds", **request))


def refusal(cells: Any, **request: Any) -> str:
    with pytest.raises(GatedError) as caught:
        times(cells, **request)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (DAYS, "datetime"),
        (DAYS.astype("M8[s]"), "datetime"),
        (pd.array(DAYS, dtype="timestamp[us][pyarrow]"), "datetime"),
        (pd.array([day.date() for day in DAYS], dtype="date32[pyarrow]"), "date"),
        ([day.date() for day in DAYS], "date"),
        (["2021-03-27", dt.date(2021, 3, 28), pd.Timestamp("2021-03-29")], "datetime"),
        (["2021-03-27", "2021-03-28", "2021-03-29"], "datetime"),
        (pd.Categorical(["2021-03-27", "2021-03-28", "2021-03-29"]), "datetime"),
        (DAYS.to_period("D"), "period"),
        ([20210327, 20210328, 20210329], "digits"),
        (pl.DataFrame({"ds": [day.date() for day in DAYS]}), "date"),
        (pl.DataFrame({"ds": [day.to_pydatetime() for day in DAYS]}), "datetime"),
        (pl.DataFrame({"ds": ["2021-03-27", "2021-03-28", "2021-03-29"]}), "datetime"),
        (pa.table({"ds": [day.date() for day in DAYS]}), "date"),
    ],
)
def test_types_of_time(cells: Any, kind: str) -> None:
    found = times(cells)
    np.testing.assert_array_equal(found.values, EXPECTED)
    assert found.values.dtype == np.dtype("M8[ns]")
    assert found.form.kind == kind


def test_whole_numbers_are_steps() -> None:
    for cells in ([3, 4, 5], [3.0, 4.0, 5.0], ["3", "4", "5"], ["3.0", "4.0", "5.0"]):
        found = times(cells)
        assert found.values.tolist() == [3, 4, 5]
        assert found.form.kind == "integer"


def test_numbers_like_years_are_years_only_by_name_or_by_request() -> None:
    steps = times([1821, 1822, 1823])
    assert steps.values.tolist() == [1821, 1822, 1823]
    assert 'if they are years, pass freq="YS"' in steps.notes[0]
    years = times([1821, 1822, 1823], years=True)
    assert years.values.astype("M8[Y]").astype(str).tolist() == ["1821", "1822", "1823"]
    assert years.form.pattern == "%Y"
    frame = pd.DataFrame({"Year": [1821, 1822]})
    by_name = read_times(open_source(frame), TimeRequest("Year"))
    assert by_name.values.dtype == np.dtype("M8[ns]")


def test_counts_since_1970_need_a_unit_and_are_read() -> None:
    hours = [1_600_000_000, 1_600_003_600]
    message = refusal(hours)
    assert "look like times counted since 1970" in message
    assert 'time_format="s"' in message
    for unit, scale in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        cells = [hour * scale for hour in hours]
        assert f'time_format="{unit}"' in refusal(cells)
        found = times(cells, time_format=unit)
        assert str(found.values[0])[:19] == "2020-09-13T12:26:40"
    assert times(hours, steps=True).form.kind == "integer"
    assert "has cells that are not numbers" in refusal(["a"], time_format="s")
    assert "out of range" in refusal([10**15], time_format="s")


def test_a_format_reads_digits_and_writes_them_again() -> None:
    found = times([202103, 202104], time_format="%Y%m")
    assert str(found.values[1])[:10] == "2021-04-01"
    assert (found.form.kind, found.form.pattern) == ("digits", "%Y%m")


def test_a_format_for_times_already_read_is_refused() -> None:
    with pytest.raises(UsageError, match="is of a time type already"):
        times(DAYS, time_format="%Y")


def test_fixed_offsets_keep_their_wall_clock() -> None:
    found = times(["2021-03-27T00:00+1100", "2021-03-27T01:00+1100"])
    assert str(found.values[1])[:16] == "2021-03-27T01:00"
    assert (found.form.zone, found.form.clock) == ("+11:00", "wall")
    zone = dt.timezone(dt.timedelta(hours=11))
    typed = times(pd.date_range("2021-03-27", periods=3, freq="h", tz=zone))
    assert (typed.form.zone, typed.form.clock) == ("+11:00", "wall")


def test_changing_offsets_become_utc_with_a_note() -> None:
    found = times(["2021-03-28T00:00+00:00", "2021-03-28T02:00+01:00"])
    assert str(found.values[1])[:16] == "2021-03-28T01:00"
    assert (found.form.zone, found.form.clock) == ("UTC", "UTC")
    assert any("converted to UTC" in note for note in found.notes)


def test_days_keep_their_wall_clock_in_a_zone_with_summer_time() -> None:
    days = pd.date_range("2021-03-27", periods=3, tz="Europe/London")
    found = times(days)
    np.testing.assert_array_equal(found.values, EXPECTED)
    assert (found.form.zone, found.form.clock) == ("Europe/London", "wall")
    written = times(["2021-03-27T00:00+00:00", "2021-03-28T00:00Z", "2021-03-29T00:00+01:00"])
    np.testing.assert_array_equal(written.values, EXPECTED)
    assert any("left out" in note for note in written.notes)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_hours_in_a_zone_with_summer_time_become_utc(library: str) -> None:
    hours = pd.date_range("2021-03-27 22:00", periods=8, freq="h", tz="Europe/London")
    arrow = pa.table({"ds": pa.array(hours)})
    cells = {"pandas": hours, "polars": pl.DataFrame(arrow), "pyarrow": arrow}[library]
    found = times(cells)
    assert (np.diff(found.values) == np.timedelta64(1, "h")).all()
    assert (found.form.zone, found.form.clock) == ("Europe/London", "UTC")


def test_refuses_aware_and_naive_times_together(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ds,y\n2021-01-01T00:00,1\n2021-01-01T01:00Z,2\n")
    with pytest.raises(DataError, match="row 3: ds has an offset from UTC, but ds in row 2 has"):
        read_times(open_source(path), TimeRequest("ds"))


def test_refuses_a_cell_that_is_not_a_date(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    days = pd.date_range("2019-01-01", periods=810).strftime("%Y-%m-%d")
    path.write_text("ds,y\n" + "".join(f"{day},1\n" for day in days) + "2021-13-04,1\n")
    with pytest.raises(DataError) as caught:
        read_times(open_source(path), TimeRequest("ds"))
    assert str(caught.value) == (
        'sales.csv: row 812: ds "2021-13-04" is not a date. Expected YYYY-MM-DD as in the rows '
        "above; pass time_format= if it is written otherwise."
    )


def test_refuses_text_of_no_known_format() -> None:
    message = refusal(["hello", "world"])
    assert 'ds "hello" is not a date. Expected a form such as 2021-04-30' in message
    assert "time_format=" in message


def test_refuses_missing_times_with_the_row() -> None:
    assert "row index 1: ds is empty" in refusal(["2021-01-01", "", "2021-01-03"])
    assert "row index 1: ds is empty (2 such rows in all)" in refusal(["2021-01-01", "", "NA"])
    assert "row index 0: ds is empty" in refusal([pd.NaT, *DAYS[:2]])
    assert "row index 1: ds is empty" in refusal([1.0, np.nan])


def test_refuses_other_types() -> None:
    assert "0.5 is neither a date nor a whole number" in refusal([0.5, 1.5])
    assert "of type Time" in refusal(pa.table({"ds": [dt.time(1)]}))
    assert "of type Boolean" in refusal([True, False])


def test_refuses_years_beyond_nanoseconds() -> None:
    far = "between the years 1678 and 2261"
    assert far in refusal(pl.DataFrame({"ds": [dt.date(9999, 1, 1)]}))
    assert f'row index 1: ds "9999-12-31" is out of range. Expected a time {far}' in refusal(
        ["2021-01-01", "9999-12-31"]
    )


@pytest.mark.parametrize(
    "cells",
    [
        ["1402/01/01", "1402/01/02"],
        ["1402-02-30", "1402-02-31", "1402-03-01"],
        ["1402-01", "1402-02"],
        [14020130, 14020131, 14020201, 14020202, 14020203],
    ],
)
def test_dates_of_the_persian_calendar_are_named(cells: list[object]) -> None:
    message = "seems to be a date of the Persian calendar, which is not read. Convert the dates"
    assert message in refusal(cells)


def test_days_and_months_without_a_year_are_refused(tmp_path: Path) -> None:
    days = pd.date_range("2023-01-01", periods=100)
    message = "seem to be days and months without a year. Write the year in every cell"
    for form in ("%d%m", "%m%d"):
        path = tmp_path / "a.csv"
        path.write_text("Belegdatum;Umsatz\n" + "".join(f"{d:{form}};{d.day}\n" for d in days))
        for options in ({}, {"target_col": "Umsatz"}, {"time_col": "Belegdatum"}):
            with pytest.raises(DataError, match=message):
                read_table(path, **options)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=f'time_format="{form}" has no year. Expected %Y'):
            read_table(path, time_format=form)
