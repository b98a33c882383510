"""The rows of series: written, replaced, corrected, read and paged, in SQLite and PostgreSQL."""

import math

import numpy as np
import pytest

from gated.errors import UsageError
from gated.store import Store, Write

LARGEST = 2**63 - 1


def test_rows_are_found_in_order_of_time(store: Store) -> None:
    written = store.series.write(Write("a", "integer", [3, 1, 2], [3.0, 1.0, None]))
    found = store.series.rows("a")
    assert found is not None
    assert found.info == written
    assert found.ds.tolist() == [1, 2, 3]
    assert found.y[0] == 1.0
    assert math.isnan(found.y[1])
    assert (written.n_rows, written.first, written.last, written.revision) == (3, 1, 3, 1)


def test_a_row_of_a_stored_time_replaces_it(store: Store) -> None:
    store.series.write(Write("a", "integer", [1, 2], [1.0, 2.0]))
    changed = store.series.write(Write("a", "integer", [2, 3, 3], [5.0, 6.0, 7.0]))
    found = store.series.rows("a")
    assert found is not None
    assert found.y.tolist() == [1.0, 5.0, 7.0]
    assert (changed.n_rows, changed.revision) == (3, 2)


def test_all_rows_can_be_replaced_also_with_another_clock(store: Store) -> None:
    store.series.write(Write("a", "integer", [1, 2, 3], [1.0, 2.0, 3.0]))
    changed = store.series.write(Write("a", "utc", [2], [9.0], replaces_all=True))
    assert (changed.n_rows, changed.clock, changed.first, changed.last) == (1, "utc", 2, 2)


def test_the_last_rows_and_the_rows_after_a_time_are_read(store: Store) -> None:
    store.series.write(Write("a", "integer", range(100), [float(x) for x in range(100)]))
    last, after = store.series.rows("a", last=3), store.series.rows("a", last=3, after=10)
    assert last is not None
    assert after is not None
    assert last.ds.tolist() == [97, 98, 99]
    assert after.ds.tolist() == [11, 12, 13]
    assert store.series.rows("b") is None


def test_values_and_times_keep_every_bit(store: Store) -> None:
    values = [5e-324, -1.7976931348623157e308, 0.1]
    times = [-LARGEST, 0, LARGEST]
    store.series.write(Write("a", "utc", times, values))
    found = store.series.rows("a")
    assert found is not None
    assert found.ds.tolist() == times
    assert [value.hex() for value in found.y.tolist()] == [value.hex() for value in values]


def test_another_clock_is_refused_and_changes_nothing(store: Store) -> None:
    store.series.write(Write("a", "integer", [1], [1.0]))
    with pytest.raises(UsageError, match="of kind integer; the new ones of kind utc"):
        store.series.write(Write("a", "utc", [2], [2.0]))
    found = store.series.info("a")
    assert found is not None
    assert found.revision == 1


def test_too_many_rows_are_refused_and_change_nothing(store: Store) -> None:
    store.series.write(Write("a", "integer", [1, 2], [1.0, 2.0], most_rows=3))
    with pytest.raises(UsageError, match=r"have 4 rows\. Expected at most 3"):
        store.series.write(Write("a", "integer", [3, 4], [3.0, 4.0], most_rows=3))
    with pytest.raises(UsageError, match="would have 4 rows"):
        store.series.write(Write("new", "integer", [1, 2, 3, 4], [0.0] * 4, most_rows=3))
    found = store.series.info("a")
    assert found is not None
    assert found.n_rows == 2
    assert store.series.info("new") is None


def test_many_writes_share_one_transaction_and_fail_one_by_one(store: Store) -> None:
    store.series.write(Write("a", "integer", [1], [1.0]))
    done = store.series.write_many(
        [
            Write("b", "integer", [1, 2], [1.0, 2.0]),
            Write("a", "utc", [2], [2.0]),
            Write("a", "integer", [2], [2.0]),
            Write("c", "integer", [1, 2, 3], [0.0] * 3, most_rows=2),
        ]
    )
    assert [isinstance(one, UsageError) for one in done] == [False, True, False, True]
    assert [one.label for one in store.series.page(most=9).series] == ["a", "b"]
    found = store.series.rows("a")
    assert found is not None
    assert found.y.tolist() == [1.0, 2.0]


def test_series_are_listed_in_pages(store: Store) -> None:
    labels = [f"s{number:03}" for number in range(25)]
    for label in reversed(labels):
        store.series.write(Write(label, "integer", [1], [1.0]))
    found, after, has_more = [], "", True
    while has_more:
        page = store.series.page(after=after, most=10)
        found += [one.label for one in page.series]
        after, has_more = found[-1], page.has_more
        assert page.count == 25
    assert found == labels
    assert store.series.count() == 25


def test_a_page_has_the_last_values(store: Store) -> None:
    rows: dict[str, list[float | None]] = {"a": [1.0, 2.0, None, 4.0], "b": [5.0], "c": []}
    for label, y in rows.items():
        store.series.write(Write(label, "integer", range(-len(y), 0), y))
    tails = store.series.page(most=9, last=3).tails
    assert [np.nan_to_num(tail, nan=-1).tolist() for tail in tails] == [[2, -1, 4], [5], []]
    assert [len(tail) for tail in store.series.page(most=9).tails] == [0, 0, 0]


def test_labels_are_found_by_a_part(store: Store) -> None:
    for label in ("North 1", "north 2", "south", "50 %", "x_y"):
        store.series.write(Write(label, "integer", [1], [1.0]))

    def found(part: str) -> list[str]:
        return [one.label for one in store.series.page(most=9, find=part).series]

    assert found("NORTH") == ["North 1", "north 2"]
    assert found("%") == ["50 %"]
    assert found("_") == ["x_y"]
    assert store.series.page(most=1, find="north").count == 2


def test_what_is_known_of_some_series(store: Store) -> None:
    written = store.series.write(Write("a", "integer", [1], [1.0]))
    assert store.series.infos(["a", "nobody"]) == {"a": written}
    assert store.series.infos([]) == {}


def test_a_series_is_removed_with_all_that_belongs_to_it(store: Store) -> None:
    store.series.write(Write("a", "integer", [1], [1.0]))
    assert store.series.delete("a")
    assert not store.series.delete("a")
    assert store.series.rows("a") is None
    written = store.series.write(Write("a", "integer", [5], [5.0]))
    assert (written.n_rows, written.first) == (1, 5)


@pytest.mark.parametrize(
    "label",
    [
        "'; DROP TABLE rows; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "日本 %s ☃",
        "a" * 200,
    ],
)
def test_any_label_is_only_text(store: Store, label: str) -> None:
    store.series.write(Write(label, "integer", [1], [1.0]))
    assert [one.label for one in store.series.page(most=9).series] == [label]


def test_labels_and_columns_are_checked() -> None:
    with pytest.raises(UsageError, match="has 201 characters"):
        Write("a" * 201, "integer", [], [])
    with pytest.raises(UsageError, match="has 0 characters"):
        Write("", "integer", [], [])
    with pytest.raises(UsageError, match="2 times, but 1 values"):
        Write("a", "integer", [1, 2], [1.0])
    with pytest.raises(UsageError, match="beyond the range of 64 bits"):
        Write("a", "integer", [LARGEST + 1], [1.0])


def test_the_store_knows_the_latest_write_that_was_no_appending(store: Store) -> None:
    def write(ds: list[int], *, replaces_all: bool = False) -> tuple[int, int]:
        info = store.series.write(Write("a", "integer", ds, [1.0] * len(ds), replaces_all))
        assert store.series.info("a") == info
        return info.revision, info.rewritten

    assert write([5, 3]) == (1, 0)
    assert write([6, 9]) == (2, 0)
    assert write([9]) == (3, 3)  # a value was replaced
    assert write([10]) == (4, 3)
    assert write([7, 11]) == (5, 5)  # a row between
    assert write([12], replaces_all=True) == (6, 6)
    assert write([13, 14]) == (7, 6)


def test_a_series_that_was_made_again_has_another_identity(store: Store) -> None:
    first = store.series.write(Write("a", "integer", [1], [1.0]))
    store.series.delete("a")
    second = store.series.write(Write("a", "integer", [1], [1.0]))
    assert (first.revision, second.revision) == (1, 1)
    assert first.identity != second.identity
