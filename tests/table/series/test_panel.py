"""Tests panels: sorting by series and time, and adding missing steps."""

import numpy as np

from gated.table.series.panel import Panel, complete, in_order, repeated
from gated.table.time.grid import parse_alias
from gated.text import shown_time


def panel(codes: list[int], ds: list[int], names: str = "ab") -> tuple[Panel, bool]:
    values = np.arange(len(codes), dtype=float)
    ids = np.array(list(names), dtype=object)
    return in_order(ids, np.array(codes), np.array(ds), values, values[:, None])


def test_sorted_rows_stay() -> None:
    got, was_unsorted = panel([0, 0, 1], [1, 2, 1])
    assert (got.offsets.tolist(), got.rows.tolist(), was_unsorted) == ([0, 2, 3], [0, 1, 2], False)


def test_interleaved_series_count_as_sorted() -> None:
    got, was_unsorted = panel([0, 1, 0, 1], [1, 1, 2, 2])
    assert (got.rows.tolist(), was_unsorted) == ([0, 2, 1, 3], False)
    assert got.y.tolist() == got.covariates[:, 0].tolist() == [0, 2, 1, 3]


def test_unsorted_rows_of_a_series_are_sorted() -> None:
    got, was_unsorted = panel([0, 1, 1, 0], [5, 2, 1, 4])
    assert (got.ds.tolist(), was_unsorted) == ([4, 5, 1, 2], True)
    assert got.rows.tolist() == [3, 0, 2, 1]


def test_repeated_times_are_flagged_within_series_only() -> None:
    got, _ = panel([0, 0, 1, 1], [1, 2, 2, 2])
    assert repeated(got).tolist() == [False, False, False, True]


def test_without_removes_whole_series() -> None:
    got = panel([0, 0, 1], [1, 2, 1])[0].without(np.array([True, False]))
    assert (got.ids.tolist(), got.offsets.tolist(), got.rows.tolist()) == (["b"], [0, 1], [2])


def test_missing_steps_are_added() -> None:
    got, added = complete(panel([0, 0, 1, 1], [1, 4, 7, 8])[0], parse_alias("1"), np.nan)
    assert got.ds.tolist() == [1, 2, 3, 4, 7, 8]
    assert added.tolist() == [False, True, True, False, False, False]
    np.testing.assert_array_equal(got.y, [0, np.nan, np.nan, 1, 2, 3])
    np.testing.assert_array_equal(got.covariates[:, 0], got.y)
    assert got.rows.tolist() == [0, -1, -1, 1, 2, 3]
    zeros, _ = complete(panel([0, 0, 1, 1], [1, 4, 7, 8])[0], parse_alias("1"), 0.0)
    assert zeros.y.tolist() == [0, 0, 0, 1, 2, 3]
    assert np.isnan(zeros.covariates[1:3]).all()


def test_a_complete_panel_is_returned_unchanged() -> None:
    whole, _ = panel([0, 0, 1], [1, 2, 1])
    got, added = complete(whole, parse_alias("1"), np.nan)
    assert got is whole
    assert not added.any()


def test_times_are_shown_without_empty_parts() -> None:
    for written in (
        "2021-04-30",
        "2021-04-30 16:05",
        "2021-04-30 16:05:09",
        "2021-04-30 16:05:09.25",
    ):
        assert shown_time(np.datetime64(written.replace(" ", "T"), "ns")) == written
