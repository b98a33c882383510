"""Tests the choice of column roles: names first, then types, notes, and ambiguous columns."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.table.columns.request import Request, Roles
from gated.table.columns.roles.choose import choose_roles
from gated.table.io.source import open_source
from gated.table.reader import read_table
from tests.table.example_tables import frame

DAYS = [f"2021-01-{day:02d}" for day in range(1, 7)]
UP = [1, 2, 3, 4, 5, 6]
TEXT = ["x", "y", "z", "x", "y", "z"]


def roles(columns: dict[str, Any], **request: Any) -> Roles:
    return choose_roles(open_source(pd.DataFrame(columns)), Request(**request))


def refusal(columns: dict[str, Any], **request: Any) -> str:
    with pytest.raises(GatedError) as caught:
        roles(columns, **request)
    return str(caught.value)


@pytest.mark.parametrize(
    ("columns", "time", "target"),
    [
        ({"ds": DAYS, "y": UP}, "ds", "y"),
        ({"Date": DAYS, "Value": UP}, "Date", "Value"),
        ({"Month": DAYS, "#Passengers": UP}, "Month", "#Passengers"),
        ({"x": UP, "fecha": DAYS}, "fecha", "x"),
        ({"t": UP, "y": UP}, "t", "y"),
        ({"date": DAYS, "time": ["10:00"] * 6, "y": UP}, "date", "y"),
        ({"date_time": DAYS, "month": UP, "hour": UP, "users": UP}, "date_time", "users"),
        ({"when": pd.to_datetime(DAYS), "n": UP}, "when", "n"),
        ({"Heart rate": UP}, None, "Heart rate"),
        ({"Unnamed: 0": [1821, 1822, 1823, 1824, 1825, 1826], "0": UP}, "Unnamed: 0", "0"),
    ],
)
def test_time_and_target_are_found(columns: dict[str, Any], time: str | None, target: str) -> None:
    found = roles(columns)
    assert (found.time, found.targets, found.ids) == (time, (target,), None)
    assert any(note.startswith("time: ") for note in found.notes)
    assert f"target: column `{target}`." in found.notes


@pytest.mark.parametrize("name", ["unique_id", "store", "SKU", "item id"])
def test_a_column_with_the_name_of_an_id_is_the_id(name: str) -> None:
    found = roles({name: ["a", "a", "a", "b", "b", "b"], "ds": DAYS, "y": UP})
    assert found.ids == name
    assert f"series: one for each value of column `{name}`." in found.notes


def test_the_only_text_column_is_the_id_if_times_repeat() -> None:
    twice = DAYS[:3] * 2
    assert roles({"ds": twice, "y": UP, "branch": list("aaabbb")}).ids == "branch"
    assert roles({"ds": twice, "y": UP, "country": list("aaabbb")}).ids == "country"
    assert roles({"ds": DAYS, "y": UP, "weather": TEXT}).ids is None
    assert roles({"ds": DAYS, "y": UP, "country": list("aaabbb")}).ids is None
    assert roles({"ds": DAYS, "y": UP, "country": ["AU"] * 6}).ids == "country"


def test_a_number_for_each_row_is_not_an_id() -> None:
    assert roles({"id": UP, "ds": DAYS, "y": UP}).ids is None
    found = roles({"Unnamed: 0": [0, 1, 2, 3, 4, 5], "ds": DAYS, "n": UP})
    assert found.targets == ("n",)
    assert "left out: `Unnamed: 0` has only row numbers." in found.notes
    wide = roles({"Unnamed: 0": [0, 1, 2, 3, 4, 5], "date": DAYS, "a": UP, "b": UP})
    assert wide.targets == ("a", "b")


def test_unused_columns_are_listed_with_the_option_to_use_them() -> None:
    columns = {"ds": DAYS, "y": UP, "orders": UP, "open": UP, "remark": TEXT}
    assert any(
        note.startswith("not used: `orders`, `open`; name them with covariates=[…]")
        for note in roles(columns).notes
    )
    found = roles(columns, covariates=["open"])
    assert found.covariates == ("open",)
    assert any("not used: `orders`;" in note for note in found.notes)


def test_given_columns_are_used() -> None:
    columns = {"a": DAYS, "b": DAYS, "c": UP, "d": UP, "e": TEXT}
    found = roles(columns, time_col="b", target_col="d", id_col="e")
    assert (found.time, found.targets, found.ids) == ("b", ("d",), "e")


def test_wide_tables_are_detected_and_noted() -> None:
    found = roles({"date": DAYS, "HUFL": UP, "OT": UP})
    assert found.wide
    assert found.targets == ("HUFL", "OT")
    assert any("each of the 2 other columns is one" in note for note in found.notes)
    assert any("target_col=" in note for note in found.notes)
    assert roles({"date": DAYS, "HUFL": UP, "OT": UP}, target_col="OT").wide is False


def test_wide_can_be_requested_and_refused() -> None:
    columns = {"ds": DAYS, "units": UP, "revenue": UP}
    assert roles(columns, wide=True).targets == ("units", "revenue")
    assert roles({"a": UP, "b": UP}, wide=True).time is None
    assert "several columns could be the target" in refusal(
        {"date": DAYS, "HUFL": UP, "OT": UP}, wide=False
    )
    assert "`remark` is not numeric" in refusal({"ds": DAYS, "a": UP, "remark": TEXT}, wide=True)
    assert "Leave out id_col=" in refusal(columns, wide=True, target_col="units")


def test_an_ambiguous_target_lists_the_candidates() -> None:
    columns = {"ds": DAYS, "units": UP, "revenue": UP, "orders": UP}
    message = refusal(columns)
    assert "several columns could be the target: `units`, `revenue`" in message
    assert "target_col=" in message
    assert "Other numeric columns: `orders`" in message
    assert "`p`, `q`" in refusal({"ds": DAYS[:3] * 2, "id": list("aaabbb"), "p": UP, "q": UP})


def test_an_ambiguous_time_lists_the_candidates() -> None:
    other = ["2021-02-02", "2021-02-01", "2021-02-09", "2021-02-04", "2021-02-05", "2021-02-07"]
    message = refusal({"ordered": DAYS, "shipped": other, "y": UP})
    assert "could be the time: `ordered`, `shipped`" in message
    assert "time_col=" in message
    assert "`date`, `timestamp`" in refusal({"date": DAYS, "timestamp": other, "y": UP})


def test_of_equal_times_the_first_is_taken() -> None:
    found = roles({"booked": DAYS, "value date": DAYS, "y": UP})
    assert found.time == "booked"
    assert any("`value date` has the time of `booked`" in note for note in found.notes)


def test_an_ambiguous_id_lists_the_candidates() -> None:
    either = {"store": [1, 1, 1, 2, 2, 2], "item": [7, 8, 7, 8, 7, 8]}
    columns = {"ds": DAYS[:3] * 2, "y": UP, **either}
    message = refusal(columns)
    assert "could be the series: `store`, `item`" in message
    assert "id_col=" in message
    assert "`p`, `q`" in refusal({"ds": DAYS[:3] * 2, "y": UP, "p": TEXT, "q": TEXT})


def test_a_misspelt_name_gets_a_suggestion() -> None:
    message = refusal({"ds": DAYS, "revenue": UP}, target_col="revenu")
    assert "no column `revenu` (target_col=). Did you mean `revenue`?" in message
    assert "The columns are `ds`, `revenue`" in message
    with pytest.raises(UsageError, match="covariates=\\["):
        roles({"ds": DAYS, "y": UP}, covariates=["zzz"])


def test_one_column_cannot_have_two_roles() -> None:
    assert "`y` has more than one role" in refusal(
        {"ds": DAYS, "y": UP}, target_col="y", covariates=["y"]
    )


def test_no_numbers_or_no_times_is_an_error() -> None:
    with pytest.raises(DataError, match="no column holds numbers to forecast"):
        roles({"ds": DAYS, "remark": TEXT})
    message = refusal({"when": TEXT, "y": UP})
    assert "no column holds dates or numbered steps; `when`" in message
    assert "time_col=" in message


def test_boolean_text_and_empty_columns_are_detected() -> None:
    days = pl.DataFrame({"ds": DAYS, "n": UP, "open": ["true", "False"] * 3, "none": [None] * 6})
    found = choose_roles(open_source(days), Request(target_col="n"))
    assert any("not used: `open`;" in note for note in found.notes)


def test_lists_have_no_role() -> None:
    rows = pl.DataFrame({"ds": DAYS[:3] * 2, "tags": [["a"]] * 6, "shop": list("aaabbb"), "y": UP})
    assert choose_roles(open_source(rows), Request()).ids == "shop"
    message = refusal({"ds": DAYS, "a": UP, "tags": [["a"]] * 6}, wide=True)
    assert "`tags` is not numeric" in message


def test_a_time_column_with_invalid_dates_is_still_chosen() -> None:
    assert roles({"ds": TEXT, "y": UP}).time == "ds"


@pytest.mark.parametrize(
    ("names", "target"),
    [
        ("Close/Last,Volume,Open,High,Low", "Close/Last"),
        ("<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>", "<CLOSE>"),
        ("1. open,2. high,3. low,4. close,5. volume", "4. close"),
        ("Price,Open,High,Low,Vol.,Change %", "Price"),
        ("Eröffnung,Hoch,Tief,Schluss,Volumen", "Schluss"),
        ("Open,High,Low,Close,Last,Volume", "Close"),
    ],
)
def test_the_close_of_a_trading_day_is_the_target(names: str, target: str) -> None:
    frame = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=20)})
    for number, name in enumerate(names.split(",")):
        frame[name] = [number + row / 2 for row in range(20)]
    assert read_table(frame).schema.target_col == target


def test_row_numbers_of_r_beside_decimal_years_are_left_out() -> None:
    years = [2005 + month / 12 for month in range(24)]
    numbers = list(range(1, 25))
    found = roles({"column_1": numbers, "time": years, "co2": [380.5 + n for n in numbers]})
    assert (found.time, found.targets) == ("time", ("co2",))
    assert "left out: `column_1` has only row numbers." in found.notes


@pytest.mark.parametrize(
    ("name", "years", "alias"),
    [
        ("Jahr", range(2010, 2020), "YS-JAN"),
        ("Datum", (2025, 2026, 2028, 2029, 2030, 2031, 2033), "YS-JAN"),
        ("when", (2025, 2026, 2028, 2029, 2030, 2031, 2033), "1"),
        ("wann", range(2020, 2010, -1), "1"),
    ],
)
def test_years_are_the_time_under_names_of_other_languages(name, years, alias) -> None:
    frame = pd.DataFrame({name: years, "Wert": np.arange(len(years)) + 0.5})
    table = read_table(frame)
    assert table.notes[0] == f"time: column `{name}`."
    assert table.frequency.alias == alias


def test_years_beside_labels_are_the_time_by_their_name() -> None:
    cells = {"Land": ["DE", "FR"] * 5, "Jahr": np.repeat(range(2010, 2015), 2), "Wert": range(10)}
    table = read_table(pd.DataFrame(cells))
    assert list(table.ids) == ["DE", "FR"]
    assert table.frequency.alias == "YS-JAN"


@pytest.mark.parametrize("numbers", [(1900, 1950, 1925, 1990, 1910, 1999), (5, 6, 7, 8, 9, 10)])
def test_other_numbers_at_the_left_are_no_years(numbers) -> None:
    table = read_table(pd.DataFrame({"wann": numbers, "sales": [1.5, 2, 3, 4, 5, 6]}))
    assert table.notes[0].startswith("time: no time column")


def test_without_a_header_numbers_that_separate_the_rows_name_the_series() -> None:
    shops, values = np.repeat([101, 102], 6), [4, 4, 1, 0, 4, 5, 3, 4, 4, 0, 2, 5]
    found = roles({"column_1": DAYS * 2, "column_2": shops, "column_3": values})
    assert (found.ids, found.targets) == ("column_2", ("column_3",))
    halves = ["n", "s"] * 12
    columns = {
        "column_1": np.repeat(DAYS * 2, 2),
        "column_2": np.repeat(shops, 2),
        "column_3": halves,
    }
    found = roles({**columns, "column_4": values * 2})
    assert (found.ids, found.targets) == ("column_2/column_3", ("column_4",))
    # Two columns that separate the rows are no answer.
    message = refusal({"column_1": DAYS * 2, "column_2": shops, "column_3": shops + 1})
    assert "no column separates them into series" in message


def test_years_between_labels_and_values_without_a_header() -> None:
    years = [*range(2024, 2030)] * 2
    found = roles({"column_1": ["a"] * 6 + ["b"] * 6, "column_2": years, "column_3": UP * 2})
    assert (found.time, found.ids, found.targets) == ("column_2", "column_1", ("column_3",))
    years[0] = 2025  # a year twice
    message = refusal({"column_1": ["a"] * 6 + ["b"] * 6, "column_2": years, "column_3": UP * 2})
    assert "several columns could be the target" in message
    numbered = {"column_1": [*range(2024, 2030)] * 2, "column_2": np.repeat([101, 102], 6)}
    found = roles({**numbered, "column_3": np.arange(12) % 4})
    assert (found.time, found.ids, found.targets) == ("column_1", "column_2", ("column_3",))
    mixed = {"column_1": [2031, 2024, 2030, 2025, 2029, 2026, 2028], "column_2": range(7)}
    assert (roles(mixed).time, roles(mixed).targets) == ("column_1", ("column_2",))
    mixed["column_1"][0] = 2090
    assert "several columns could be the target" in refusal(mixed)


def test_dates_come_before_an_index_of_rows() -> None:
    days = pd.date_range("2024-01-01", periods=20).astype(str)
    rows = frame(index=np.arange(1000, 1040), store=[3, 9] * 20, when=np.repeat(days, 2))
    table = read_table(rows.assign(units=np.arange(40.0)))
    assert (table.schema.time_col, table.schema.id_col) == ("when", "store")
    assert "left out: `index` has only row numbers." in table.notes
