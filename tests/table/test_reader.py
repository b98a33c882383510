"""Tests `read_table`: safe repairs with a note, errors with advice for everything else."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gated.errors import DataError, UsageError
from gated.table.reader import read_table
from gated.table.schema import to_frame
from tests.folders import DATA
from tests.table.example_tables import DAYS, check, frame, has_note, panel, refusal


def test_a_plain_table() -> None:
    table = read_table(panel(3))
    check(table)
    assert table.ids.tolist() == ["s0", "s1", "s2"]
    assert table.offsets.tolist() == [0, 6, 12, 18]
    assert table.y.tolist() == list(range(18))
    assert table.last_ds.astype("M8[D]").astype(str).tolist() == ["2021-01-06"] * 3
    assert (table.frequency.alias, table.frequency.season_length) == ("D", 7)
    assert table.rejected == {}
    assert has_note(table, "frequency: daily (D), season of 7 steps.")


def test_the_frame_of_the_caller_is_unchanged() -> None:
    given_frame = panel(2).sample(frac=1, random_state=0)
    before = given_frame.copy()
    read_table(given_frame)
    pd.testing.assert_frame_equal(given_frame, before)


def test_unsorted_rows_are_sorted_and_noted() -> None:
    table = read_table(panel(2).iloc[::-1])
    assert has_note(table, "Rows were not sorted by time; they were sorted.")
    assert table.ids.tolist() == ["s1", "s0"]
    assert table.y.tolist() == [*range(6, 12), *range(6)]
    by_time = read_table(panel(2).sort_values("ds", kind="stable"))
    assert not has_note(by_time, "sorted")
    assert by_time.y.tolist() == list(range(12))


def test_missing_steps_are_masked_counted_and_noted() -> None:
    table = read_table(panel(3).drop(index=[2, 3, 7]))
    check(table)
    assert np.flatnonzero(np.isnan(table.y)).tolist() == [2, 3, 7]
    assert has_note(table, "3 of 18 steps had no row (in 2 of 3 series; first: 2021-01-03 of `s0`)")
    assert has_note(table, 'fill="zero" takes them as 0')


def test_missing_steps_become_zero_only_on_request() -> None:
    thin = panel(1).drop(index=[2]).assign(price=1.0)
    thin.loc[4, "y"] = np.nan
    table = read_table(thin, fill="zero", covariates=["price"])
    np.testing.assert_array_equal(table.y, [0, 1, 0, 3, np.nan, 5])
    assert np.isnan(table.covariates[2, 0])
    assert has_note(table, "1 of 6 steps had no row (first: 2021-01-03); taken as 0.")
    assert np.isnan(read_table(thin, fill="missing").y[2])
    assert "Did you mean `zero`" in refusal(thin, fill="zeros")


def test_missing_and_infinite_values_are_masked_and_noted() -> None:
    table = read_table(frame(ds=DAYS, y=[1, np.nan, np.inf, 1e300, -np.inf, -5]))
    np.testing.assert_array_equal(table.y, [1, np.nan, np.nan, 1e300, np.nan, -5])
    assert has_note(table, "`y`: 1 missing value taken as not observed.")
    assert has_note(table, "`y`: 2 infinite values taken as not observed.")


@pytest.mark.parametrize("values", [[0] * 6, [7] * 6, [-1e15, 1e300, -1e300, 3, -4, 0]])
def test_constant_zero_negative_and_huge_values_are_accepted(values: list[float]) -> None:
    assert read_table(frame(ds=DAYS, y=values)).y.tolist() == values


def test_text_in_the_target_is_refused_by_row() -> None:
    message = refusal(frame(ds=DAYS, y=["1", "2", "a dozen", "4", "5", "6"]))
    assert 'row index 2: y "a dozen" is not a number. Expected a plain number' in message


def test_covariates_have_the_order_in_which_they_are_named() -> None:
    rows = panel(2).assign(open=[True, False] * 6, price=np.arange(12) / 2)
    table = read_table(rows.iloc[::-1], covariates=["price", "open"])
    assert table.covariate_names == ("price", "open")
    assert table.covariates[:2].tolist() == [[3, 1], [3.5, 0]]
    assert read_table(rows, target_col="y").covariates.shape == (12, 0)


def test_categories_are_codes_of_their_labels_in_order() -> None:
    words = ["rain", "clear", None, "rain", "NA", "snow"] * 2
    table = read_table(panel(2).assign(weather=words), target_col="y", covariates=["weather"])
    assert table.categories == {"weather": ("clear", "rain", "snow")}
    expected = [1, 0, np.nan, 1, np.nan, 2]
    np.testing.assert_array_equal(table.covariates[:6, 0], expected)
    message = refusal(panel(2).assign(since=DAYS[0]), target_col="y", covariates=["since"])
    assert "covariate `since` holds dates" in message


def test_past_covariates_are_a_separate_array() -> None:
    rows = panel(2).assign(open=1, visitors=np.arange(12))
    table = read_table(rows, target_col="y", covariates=["open"], past_covariates=["visitors"])
    assert (table.covariate_names, table.past_names) == (("open",), ("visitors",))
    assert table.past_covariates[:, 0].tolist() == [*range(12)]


def test_wide_tables_become_long() -> None:
    wide = frame(date=DAYS, north=np.arange(6.0), south=[np.nan, *range(5)])
    table = read_table(wide)
    check(table)
    assert table.ids.tolist() == ["north", "south"]
    np.testing.assert_array_equal(table.y, [0, 1, 2, 3, 4, 5, np.nan, 0, 1, 2, 3, 4])
    assert (table.schema.id_col, table.schema.time_col) == ("unique_id", "date")
    assert table.schema.target_col == "y"
    message = refusal(pd.concat([wide, wide.iloc[:1]]), wide=True)
    assert "row index 0 and row index 6 have the same time, 2021-01-01" in message


def test_a_single_column_is_numbered_steps() -> None:
    table = read_table(frame(rate=np.tile([1.0, 5, 8, 4], 20)))
    assert table.ids.tolist() == ["rate"]
    assert table.ds[:3].tolist() == [0, 1, 2]
    assert (table.frequency.alias, table.frequency.season_length) == ("1", 4)
    assert has_note(table, "rows are steps 0, 1, 2, …")
    assert has_note(table, "a season of 4 steps was found in the values (season_length=")


def test_numbered_steps_of_several_series_and_sizes() -> None:
    rows = frame(id=list("aabb"), t=[0, 10, 0, 30], y=[1.0, 2, 3, 4])
    table = read_table(rows.assign(t=[0, 10, 10, 20]), freq=10)
    assert table.frequency.alias == "10"
    assert read_table(rows, freq=10).lengths.tolist() == [2, 4]


def test_the_season_can_be_given() -> None:
    table = read_table(panel(1, 30, "h"), season_length=12)
    assert (table.frequency.season_length, table.frequency.long_season) == (12, 168)
    assert "Expected the number of steps" in refusal(panel(1), season_length=0)


@pytest.mark.parametrize("freq", ["h", "30min", "D", "W-SUN", "MS", "ME", "QS-NOV", "YS-JAN", "B"])
def test_frequencies_are_inferred_and_can_be_given(freq: str) -> None:
    rows = panel(3, 20, freq)
    assert read_table(rows).frequency.alias == freq
    assert read_table(rows, freq=freq).frequency.alias == freq


def test_a_finer_frequency_may_be_given() -> None:
    table = read_table(panel(1, 4, "2h"), freq="h")
    assert np.isnan(table.y).tolist() == [False, True, False, True, False, True, False]


def test_a_frequency_that_does_not_fit_is_refused() -> None:
    message = refusal(panel(1), freq="W-SUN")
    assert 'freq="W-SUN" was given, but 2021-01-01, 2021-01-02' in message
    assert "do not fit" in message
    assert "is not a known frequency" in refusal(panel(1), freq="daily-ish")
    assert "is a number, for times that are numbered steps" in refusal(panel(1), freq=1)
    assert "is for dates, but the times are whole numbers" in refusal(
        frame(t=[1, 2], y=[1, 2]), freq="D"
    )


def test_a_step_that_is_far_too_fine_is_refused() -> None:
    times = ["2021-01-01 00:00:00", "2021-01-01 00:00:01", "2021-02-01 00:00:00"]
    message = refusal(frame(ds=times, y=[1, 2, 3]))
    assert "its 3 rows span 2,678,401 steps of s. Give a coarser step with freq=" in message


def test_irregular_times_are_refused_and_listed() -> None:
    times = pd.date_range("2021-01-01", periods=40, freq="h").to_series()
    times.iloc[[7, 8, 20, 30]] += pd.Timedelta("7min")
    message = refusal(frame(ds=times.to_numpy(), y=1.0))
    assert "the most common step is h, but" in message
    assert "2021-01-01 07:07, 2021-01-01 08:07, 2021-01-01 20:07 and 1 more do not fit" in message
    assert 'freq="h"' in message
    table = read_table(frame(ds=times.to_numpy(), y=1.0), freq="h")
    assert table.n_rows == 40
    assert has_note(table, "put on a grid of h: 2021-01-01 07:07 became 2021-01-01 07:00")


def test_a_first_time_off_the_grid_is_reported_alone() -> None:
    times = pd.date_range("2021-01-01", periods=40, freq="h").to_series()
    times.iloc[0] += pd.Timedelta("7min")
    assert "but 2021-01-01 00:07 do not fit" in refusal(frame(ds=times.to_numpy(), y=1.0))


def test_repeated_times_are_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = panel(2)
    pd.concat([rows, rows.iloc[[8]]]).to_csv(path, index=False)
    message = refusal(path)
    assert message.startswith("sales.csv: series `s1`: row 10 and row 14 have the same time")
    assert "2021-01-03" in message
    assert 'Their values are the same: pass aggregate="first" to keep one' in message
    assert "id_col=" in refusal(frame(ds=[*DAYS, DAYS[0]], y=1.0))


def test_ids_of_files_keep_their_zeros_and_spaces_are_ids(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("unique_id,ds,y\n007,2021-01-01,1\n007,2021-01-02,2\n7,2021-01-01,3\n")
    assert read_table(path).ids.tolist() == ["007", "7"]
    path.write_text("unique_id,ds,y\na,2021-01-01,1\n ,2021-01-02,2\n")
    assert "a.csv: row 3: unique_id is empty" in refusal(path)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_lists_are_not_ids(library: Any) -> None:
    rows = library({"ds": ["2021-01-01", "2021-01-02"], "id": [["a"], ["a"]], "y": [1.0, 2]})
    assert "column `id` is of type" in refusal(rows, id_col="id")


def test_a_european_file(tmp_path: Path) -> None:
    path = tmp_path / "umsatz.csv"
    path.write_text("Datum;Umsatz\n30.01.2021;1,5\n31.01.2021;2,25\n01.02.2021;3\n")
    table = read_table(path)
    assert table.y.tolist() == [1.5, 2.25, 3]
    for words in ("separated by a semicolon", "comma was read as the decimal", "DD.MM.YYYY"):
        assert has_note(table, words)


def test_a_time_format_without_a_time_column_is_refused() -> None:
    assert "no column holds times" in refusal(frame(rate=[1.0, 2, 3]), time_format="%Y")


def test_years() -> None:
    table = read_table(frame(year=[2000, 2001, 2003], y=[1.0, 2, 3]))
    assert table.frequency.alias == "YS-JAN"
    assert table.lengths.tolist() == [4]
    steps = frame(t=[1821, 1822, 1823], y=[1.0, 2, 3])
    assert read_table(steps).frequency.alias == "1"
    assert read_table(steps, freq="YS").frequency.alias == "YS-JAN"


def calls_to_read(rows: pd.DataFrame) -> int:
    """How many Python functions are called to read a frame."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_table(rows)
    finally:
        sys.setprofile(None)
    return calls


def test_ten_thousand_series_need_no_loop_in_python() -> None:
    few, many = panel(10, 20), panel(10_000, 20)
    calls_to_read(few)  # whatever is loaded or compiled once
    assert calls_to_read(many) < calls_to_read(few) + 1000


CLASSICS: dict[str, tuple[str, int, int, dict[str, Any]]] = {
    "forecast/classics/AirPassengers.csv": ("MS", 12, 144, {}),
    "forecast/classics/Lynx_sktime.csv": ("YS-JAN", 1, 114, {"freq": "YS"}),
    "forecast/classics/ausbeer.csv": ("QS-OCT", 4, 211, {}),
    "forecast/classics/h2o.csv": ("MS", 12, 204, {}),
    "forecast/classics/h2o_exog.csv": ("MS", 12, 195, {"covariates": ["exog_1", "exog_2"]}),
    "forecast/classics/heart_rate.csv": ("1", 1, 1800, {}),
    "forecast/classics/monthly-milk.csv": ("MS", 12, 168, {}),
    "forecast/classics/monthly-sunspots.csv": ("MS", 12, 2820, {}),
    "forecast/classics/taylor.csv": ("1", 48, 4032, {}),
    "forecast/classics/us_gasoline.csv": ("W-FRI", 52, 1578, {}),
    "forecast/classics/wineind.csv": ("MS", 12, 176, {}),
    "forecast/classics/woolyrnq.csv": ("QS-OCT", 4, 119, {}),
    "forecast/classics/wp_log_peyton_manning.csv": ("D", 7, 2964, {}),
    "forecast/us_births_daily.csv": ("D", 7, 7670, {}),
    "forecast/vic_elec_halfhourly.csv.gz": ("30min", 48, 52608, {"covariates": ["temperature"]}),
    "forecast/bike_sharing_hourly.csv.gz": ("h", 24, 17544, {}),
    "forecast/exchange_rate.txt.gz": ("1", 1, 8 * 7588, {"wide": True}),
    "forecast/ETTh1.csv": ("h", 24, 7 * 17420, {}),
    "forecast/m3.csv.gz": ("1", 12, 236_210, {}),
    "forecast/online_retail_daily_country.csv.gz": ("D", 7, 8868, {"target_col": "revenue"}),
    "demo/us_retail_sales_monthly.csv": ("MS", 12, 293, {}),
    "demo/aus_retail_monthly.csv.gz": ("MS", 12, 64532, {}),
    "demo/shop_daily_total.csv.gz": ("D", 7, 739, {"target_col": "units"}),
    "demo/shop_daily_30.csv.gz": ("D", 7, 22170, {"covariates": ["open"]}),
}


@pytest.mark.parametrize("name", CLASSICS)
def test_real_files(name: str) -> None:
    alias, season, n_rows, options = CLASSICS[name]
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not part of the project; it is read from ../shared/data")
    table = read_table(DATA / name, **options)
    check(table)
    assert (table.frequency.alias, table.frequency.season_length) == (alias, season)
    assert table.n_rows == n_rows
    assert table.rejected == {}
    ahead = table.frequency.future(table.last_ds, 2)
    columns = {"id": np.repeat(table.ids, 2), table.schema.time_col: ahead.ravel()}
    assert isinstance(to_frame(table.schema, columns), pd.DataFrame)


CELLS = st.sampled_from(
    ["", "1", "2.5", "NA", "abc", "2021-01-01", "2021-01-02", "2021-02-30", "01/02/2021", "1e400",
     "1,5", '"1,5"', '"', "true", "2021-01-01T00:00+0100", "2021-01-01 10:00", "é", "20210101",
     "1600000000", "2021Q1", "9999-12-31", "99999999999999999999", " ", "A", "0", "\x00"]
)  # fmt: skip
NAMES = st.sampled_from(["ds", "y", "unique_id", "id", "value", "date", "Month", "x", "", "0"])
FREQUENCIES = st.sampled_from([None, None, None, "D", "MS", "YS", "1", "B", "nonsense"])


@st.composite
def text_files(draw: st.DrawFn) -> bytes:
    """A small table of unusual cells, in half of the cases with a first column of days."""
    width = draw(st.integers(1, 4))
    separator = draw(st.sampled_from([",", ",", ";", "\t"]))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    header = draw(st.lists(NAMES, min_size=width, max_size=width))
    if draw(st.booleans()):
        header[0] = "ds"
        rows = [[f"2021-01-{day:02d}", *row[1:]] for day, row in enumerate(rows, start=1)]
    if draw(st.booleans()) and width > 1:
        header[1] = "y"
        rows = [[row[0], str(number), *row[2:]] for number, row in enumerate(rows)]
    text = "\n".join(separator.join(row) for row in [header, *rows])
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])))


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=text_files(), freq=FREQUENCIES)
def test_any_text_is_a_table_or_a_gated_error(
    tmp_path: Path, content: bytes, freq: str | None
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        table = read_table(path, freq=freq)
    except (DataError, UsageError):
        return
    check(table)
