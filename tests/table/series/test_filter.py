"""Tests which series are left out, with which reason, and when all are an error."""

import numpy as np
import pandas as pd
import pytest

from gated.table.reader import read_table
from tests.table.example_tables import DAYS, check, frame, has_note, panel, refusal


def test_one_bad_series_among_many_is_left_out_and_listed() -> None:
    rows = panel(20, 8)
    weekly = panel(1, 8, "W-SUN").assign(unique_id="weekly")
    odd = panel(1, 8).assign(unique_id="odd")
    odd.loc[3, "ds"] += pd.Timedelta("1h")
    empty = panel(1, 8).assign(unique_id="empty", y=np.nan)
    twice = pd.concat([panel(1, 8), panel(1, 2)]).assign(unique_id="twice")
    table = read_table(pd.concat([rows, weekly, odd, empty, twice]))
    check(table)
    assert table.n_series == 20
    assert set(table.rejected) == {"weekly", "odd", "empty", "twice"}
    assert "its step is W-SUN, the step of the other series is D" in table.rejected["weekly"]
    assert "2021-01-04 01:00 do not fit" in table.rejected["odd"]
    assert "missing in every row" in table.rejected["empty"]
    assert "have the same time" in table.rejected["twice"]
    assert has_note(table, "4 series left out")
    kept = read_table(pd.concat([rows, weekly]), freq="D")
    assert kept.rejected == {}


@pytest.mark.parametrize(("of_most", "other"), [("MS", "QS-OCT"), ("B", "W-WED"), ("h", "D")])
def test_series_with_a_step_of_their_own_are_left_out(of_most: str, other: str) -> None:
    table = read_table(
        pd.concat([panel(3, 24, of_most), panel(1, 6, other).assign(unique_id="other")])
    )
    assert (
        f"its step is {other}, the step of the other series is {of_most}" in table.rejected["other"]
    )


def test_numbered_series_with_a_step_of_their_own_are_left_out() -> None:
    rows = frame(id=list("aaaabbbbcccc"), t=[*range(4), *range(4), 0, 5, 10, 15], y=1.0)
    assert "its step is 5, the step of the other series is 1" in read_table(rows).rejected["c"]


def test_sparse_series_stay_on_the_grid_of_the_others() -> None:
    sparse = panel(1, 30).assign(unique_id="sparse").iloc[[0, 7, 8, 21, 29]]
    table = read_table(pd.concat([panel(3, 30), sparse]))
    assert table.rejected == {}
    assert table.lengths.tolist() == [30, 30, 30, 30]


def test_no_series_left_is_an_error_with_the_first_reasons() -> None:
    message = refusal(panel(5).assign(y=np.nan))
    assert "none of the 5 series can be forecast. `s0`: the target is missing" in message
    assert "And 2 more." in message
    assert refusal(frame(ds=DAYS, y=[None] * 6)) == (
        "series `y`: the target is missing in every row."
    )


def test_series_of_different_steps_without_a_majority_are_refused() -> None:
    mixed = pd.concat([panel(1, 9, freq).assign(unique_id=freq) for freq in ("D", "W-SUN", "h")])
    message = refusal(mixed)
    assert "the series have different steps: `D`, `W-SUN` and `h`" in message
    assert read_table(mixed, freq="h").n_series == 3


def test_series_of_one_row_are_kept_if_the_step_is_known() -> None:
    one = panel(1, 1).assign(unique_id="one")
    assert read_table(pd.concat([panel(2), one])).lengths.tolist() == [6, 6, 1]
    assert read_table(one, freq="D").n_rows == 1
    assert "there is a single row, so the step" in refusal(one)
    assert "freq=" in refusal(one)
    assert "each series has one row" in refusal(panel(3, 1))
