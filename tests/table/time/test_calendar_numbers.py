"""Tests numbers that are times: each written form, and numbers that are none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.errors import DataError
from gated.table import read_table
from gated.table.schema import to_frame
from gated.table.table import Table
from gated.table.time.calendar_numbers import meaning_of

MONTHS = pd.date_range("2019-01-01", periods=30, freq="MS")
WEEKS = pd.date_range("2019-12-30", periods=60, freq="W-MON")
HOURS = pd.date_range("2024-01-01", periods=60, freq="h")
DAYS = pd.date_range("2024-01-01", periods=60, freq="D")
QUARTERS = pd.date_range("2010-01-01", periods=20, freq="QS")


def read(tmp_path: Path, cells: list[str], name: str, **options: str) -> Table:
    path = tmp_path / "a.csv"
    rows = [f"{cell},{100 + index % 7}" for index, cell in enumerate(cells)]
    path.write_text("\n".join([f"{name},sales", *rows]) + "\n")
    return read_table(path, **options)  # type: ignore[arg-type]


def next_time(table: Table) -> str:
    future = table.frequency.future(table.last_ds, 1)[0]
    frame = to_frame(table.schema, {table.schema.time_col: future})
    return str(frame[table.schema.time_col][0])


@pytest.mark.parametrize(
    ("cells", "name", "alias", "following"),
    [
        (MONTHS.strftime("%Y%m"), "Month", "MS", "202107"),
        (MONTHS.strftime("%Y%m"), "unnamed", "MS", "202107"),
        (MONTHS.strftime("%Y%m.0"), "yyyymm", "MS", "202107"),
        (MONTHS[:9].strftime("%Y%m"), "year_month", "MS", "201910"),
        (WEEKS.strftime("%G%V"), "YearWeek", "W-MON", "202108"),
        (WEEKS.strftime("%G%V"), "unnamed", "W-MON", "202108"),
        (WEEKS[:10].strftime("%G%V"), "week", "W-MON", "202011"),
        (HOURS.strftime("%Y%m%d"), "date", None, ""),
        (HOURS.strftime("%Y%m%d%H"), "MESS_DATUM", "h", "2024010312"),
        (HOURS.strftime("%Y%m%d%H%M"), "time", "h", "202401031200"),
        (MONTHS.strftime("%Y.%m"), "Date", "MS", "2021-07-01 00:00:00"),
        (DAYS.strftime("%y%m%d"), "date", "D", "2024-03-01 00:00:00"),
        (DAYS.strftime("%d%m%y"), "Datum", "D", "2024-03-01 00:00:00"),
        (MONTHS.strftime("%y%m"), "YRMO", "MS", "2021-07-01 00:00:00"),
        ([f"{day.year}{day.month}" for day in MONTHS], "fecha", "MS", "2021-07-01 00:00:00"),
        (MONTHS.strftime("%m%Y"), "Monat", "MS", "2021-07-01 00:00:00"),
        (DAYS.strftime("%d%m%Y"), "Datum", "D", "2024-03-01 00:00:00"),
        (MONTHS.strftime("%m.%Y"), "Month", "MS", "2021-07-01 00:00:00"),
        ([f"{2019 + step / 12:.8g}" for step in range(30)], "time", "MS", "2021-07-01 00:00:00"),
        ([f"{2019 + step / 12:.2f}" for step in range(30)], "x", "MS", "2021-07-01 00:00:00"),
        ([f"{2019 + step / 4:g}" for step in range(30)], "x", "QS-OCT", "2026-07-01 00:00:00"),
        (
            [f"{day.year}{day.quarter}" for day in QUARTERS],
            "quarter",
            "QS-OCT",
            "2015-01-01 00:00:00",
        ),
    ],
)
def test_numbers_are_times(
    tmp_path: Path, cells: list[str], name: str, alias: str | None, following: str
) -> None:
    if alias is None:
        with pytest.raises(DataError, match="have the same time"):
            read(tmp_path, cells, name)
        return
    table = read(tmp_path, cells, name)
    assert table.frequency.alias == alias
    assert next_time(table) == following
    assert len(table.y) == len(cells)


@pytest.mark.parametrize("cells", [[201901.0, 201902.0], [20190131, 20190201]])
def test_frames_keep_their_digits(cells: list[float]) -> None:
    frame = pd.DataFrame({"month": cells, "y": [1.0, 2.0]})
    table = read_table(frame)
    assert table.schema.time.kind == "digits"
    restored = to_frame(table.schema, {"month": table.ds})
    assert restored["month"].tolist() == cells
    assert restored["month"].dtype == frame["month"].dtype


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(30),
        np.arange(1, 13),
        np.arange(170_000, 170_050),
        np.arange(1821, 1835),
        np.arange(1.1950, 1.2050, 0.0001),  # an exchange rate
        np.array([1900.2, 1901.7, 1903.4, 1960.1]),
        np.array([201_901, 201_903, 201_999]),
        np.array([20191, 201_902]),  # a month with a zero and one without
        np.array([1e300, 2e300]),
    ],
)
def test_other_numbers_are_no_times(numbers: np.ndarray) -> None:
    assert meaning_of(numbers.astype(np.float64), "value") is None


def test_seconds_since_1970_need_only_their_unit(tmp_path: Path) -> None:
    seconds = [f"{1_704_067_200 + 3600 * step}.000" for step in range(50)]
    for name in ("ts", "unnamed"):
        with pytest.raises(DataError, match=r'like times counted since 1970.*time_format="s"'):
            read(tmp_path, seconds, name)
        assert read(tmp_path, seconds, name, time_format="s").frequency.alias == "h"
    halves = [f"{1_704_067_200 + step / 2:.3f}" for step in range(50)]
    with pytest.raises(DataError, match='time_format="s"'):
        read(tmp_path, halves, "ts")
    assert read(tmp_path, halves, "ts", time_format="s").frequency.alias == "500ms"


def test_months_and_steps_are_asked_for(tmp_path: Path) -> None:
    half_year = MONTHS[:6].strftime("%Y%m").tolist()
    with pytest.raises(DataError, match=r'written YYYYMM, or a step number.*time_format="%Y%m"'):
        read(tmp_path, half_year, "step")
    assert read(tmp_path, half_year, "step", time_format="%Y%m").frequency.alias == "MS"
    assert read(tmp_path, half_year, "step", freq="1").frequency.alias == "1"
    with pytest.raises(DataError, match="202013 is not a month written YYYYMM"):
        read(tmp_path, ["202012", "202013", "202101"], "Month")


def test_the_column_that_fits_the_given_format_is_the_time(tmp_path: Path) -> None:
    cells = MONTHS.strftime("%m~%Y").tolist()
    assert read(tmp_path, cells, "unnamed", time_format="%m~%Y").frequency.alias == "MS"
    with pytest.raises(DataError, match="could not be read as times"):
        read(tmp_path, cells, "unnamed", time_format="%m-%Y")
    with pytest.raises(DataError, match="does not fit time_format="):
        read(tmp_path, cells, "unnamed", time_format="%m-%Y", time_col="unnamed")


def test_numbers_that_look_like_times_are_not_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    months = MONTHS.strftime("%Y%m")
    rows = [f"{step},{month},{step % 5}" for step, month in enumerate(months)]
    path.write_text("\n".join(["step,when,sales", *rows]) + "\n")
    with pytest.raises(DataError, match="several columns could be the time: `when`, `step`"):
        read_table(path)
    assert read_table(path, time_col="when").frequency.alias == "MS"


@pytest.mark.parametrize(("per_year", "digits"), [(52, 3), (52, 6), (365, 5), (24, 2)])
def test_shorter_steps_of_decimal_years_are_numbered(
    tmp_path: Path, per_year: int, digits: int
) -> None:
    table = read(tmp_path, [f"{2015 + n / per_year:.{digits}f}" for n in range(120)], "time")
    assert table.ds.tolist() == list(range(120))
    assert any(f"was read as years of {per_year} steps each" in note for note in table.notes)
