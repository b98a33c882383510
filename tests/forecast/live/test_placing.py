"""Rows that are unsorted, repeated, late, missing or wrong."""

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster, read_table
from gated.errors import DataError
from tests.forecast.live.tables import H, daily, day, numbers, single


def _row(number: int, y: object) -> dict[str, object]:
    return {"unique_id": "a", "ds": day(number), "y": y}


def test_unsorted_rows_are_sorted_with_a_note():
    live = single()
    found = live.update([_row(121, 2.0), _row(120, 1.0)])
    assert found.notes == ("Rows were not sorted by time; they were sorted.",)
    assert found.y.tolist() == [2.0, 1.0]  # in the order of the rows


def test_missing_steps_have_a_note_and_are_filled_in_by_late_rows():
    live, complete = single(), single()
    found = live.update(_row(122, 3.0))
    assert found.notes == ("2 steps without a row, first before 2021-05-06 of `a`: taken as not "
                           "observed.",)  # fmt: skip
    late = live.update([_row(120, 1.0), _row(121, 2.0)])
    assert late.notes == ("2 missing values of older steps filled in.",)
    complete.update([_row(120, 1.0), _row(121, 2.0), _row(122, 3.0)])
    assert (numbers(live.forecast()) == numbers(complete.forecast())).all()


def test_a_table_that_was_read_with_zeros_gets_zeros():
    table = read_table(daily("counts", 100), fill="zero")
    live, complete = (Forecaster().watch(table, h=H) for _ in range(2))
    found = live.update(_row(103, 2.0))
    assert found.notes[0].endswith("taken as 0.")
    assert len(found) == 1
    complete.update([_row(100, 0.0), _row(101, 0.0), _row(102, 0.0), _row(103, 2.0)])
    assert (numbers(live.forecast()) == numbers(complete.forecast())).all()


def test_repeated_rows_are_left_out_with_a_note():
    live = single()
    found = live.update([_row(120, 1.0), _row(120, 1.0)])
    assert found.notes == ("1 row left out: the same step and value as another row.",)
    again = live.update(_row(120, 1.0))
    assert again.notes == ("1 row left out: the value was known already.",)
    assert len(again) == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([_row(120, 1.0), _row(120, 2.0)], "row index [01]: series `a`: 2021-05-04 occurs twice"),
        ([_row(119, -5.0)], "row index 0: series `a`: 2021-05-03 has the value .* already"),
        ([{**_row(120, 1.0), "ds": "2021-05-04 12:00"}], "is not a step of daily .* 2021-05-05"),
        ([{**_row(120, 1.0), "ds": "2121-05-04"}], "is 36,525 steps after the last one"),
        ([{**_row(120, 1.0), "ds": "2019-01-01"}], "is before the 120 steps that are kept"),
        ([{"unique_id": "a", "y": 1.0}], "the rows have no column `ds`"),
        ([{**_row(120, 1.0), "ds": "2021-05-34"}], "2021-05-34"),
        ([_row(120, "many")], "many"),
    ],
)
def test_rows_that_do_not_fit_are_refused_in_words(rows, message):
    with pytest.raises(DataError, match=message):
        single().update(rows)


def test_values_that_are_missing_are_left_out_with_a_note():
    live = single()
    found = live.update([_row(120, None), _row(121, 4.0)])
    assert found.notes[0] == "1 row without a value left out."
    assert found.y.tolist() == [4.0]
    nothing = live.update([_row(122, None)])
    assert len(nothing) == 0


def test_frames_dicts_and_lists_of_rows_are_the_same():
    ways = (
        pd.DataFrame({"unique_id": ["a"], "ds": [pd.Timestamp(day(120))], "y": [5]}),
        {"unique_id": ["a"], "ds": [day(120)], "y": [5.0]},
        [_row(120, "5")],
        _row(120, np.float64(5)),
        {"unique_id": "a", "ds": pd.Timestamp(day(120)), "y": 5},
    )
    found = []
    for rows in ways:
        live = single()
        live.update(rows)
        found.append(numbers(live.forecast()))
    assert all((one == found[0]).all() for one in found)


def test_a_table_without_ids_or_times():
    values = pd.DataFrame({"y": np.sin(np.arange(100.0))})
    live, whole = (Forecaster().watch(part, h=H) for part in (values[:80], values))
    live.update(values[80:])
    assert live.forecast()["ds"].tolist() == whole.forecast()["ds"].tolist()


def test_a_wide_table():
    days = pd.date_range("2024-01-01", periods=100)
    wide = pd.DataFrame({"ds": days, "north": np.arange(100.0), "south": np.arange(100.0) % 7})
    model = Forecaster(h=H).fit(read_table(wide[:80], wide=True))
    live = model.watch(adaptive=False)
    live.update(wide[80:])
    again = model.predict(read_table(wide, wide=True))
    assert (numbers(live.forecast()) == numbers(again)).all()
