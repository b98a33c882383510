"""The canonical order of rows, and the columns that are read."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gated import Forecaster, read_table
from gated.errors import DataError, GatedWarning, UsageError
from gated.scale import forecast_partition
from gated.scale.columns import SeriesColumns, SortedRows
from tests.scale.conftest import monthly, shuffled

COLUMNS = SeriesColumns(("unique_id",), "ds", "y")
CELL = st.tuples(
    st.sampled_from(["b", "a", None]), st.integers(0, 3), st.floats(width=32) | st.none()
)


@given(st.lists(CELL, max_size=30), st.randoms())
def test_any_order_of_rows_becomes_one(rows, random) -> None:
    def table_of(cells):
        ids, times, y = zip(*cells, strict=True) if cells else ((), (), ())
        return pa.table(
            {
                "unique_id": pa.array(ids, pa.string()),
                "ds": pa.array(times, pa.int64()),
                "y": pa.array(y, pa.float64()),
            }
        )

    mixed = list(rows)
    random.shuffle(mixed)
    one, other = (SortedRows.sort(table_of(cells), COLUMNS) for cells in (rows, mixed))
    assert repr(one.table.to_pylist()) == repr(other.table.to_pylist())
    assert one.offsets.tolist() == other.offsets.tolist()
    labels = one.table.column("unique_id").to_pylist()
    assert one.n_series == len(set(labels))
    for n in range(one.n_series):
        part = one.part(n, n + 1)
        assert len(set(part.column("unique_id").to_pylist())) == 1
        assert part.column("ds").to_pylist() == sorted(part.column("ds").to_pylist())


def test_a_missing_value_is_no_negative_zero() -> None:
    rows = pa.table({"unique_id": ["a", "a"], "ds": [0, 0], "y": pa.array([None, -0.0])})
    one, other = (
        SortedRows.sort(rows.take(order), COLUMNS).table.to_pylist() for order in ([0, 1], [1, 0])
    )
    assert repr(one) == repr(other)


def test_chunks_dictionaries_and_several_ids_are_sorted() -> None:
    table = monthly(4)
    region = pa.array(np.tile(["east", "west"], len(table) // 2)).dictionary_encode()
    table = shuffled(table.append_column("region", region), 3)
    table = pa.concat_tables([table.slice(0, 30), table.slice(30)])
    found = SortedRows.sort(table, SeriesColumns(("region", "unique_id"), "ds", "y"))
    assert found.n_series == 8
    keys = found.table.select(["region", "unique_id", "ds"]).to_pylist()
    assert keys == sorted(keys, key=lambda row: tuple(row.values()))
    assert len(found.first_rows()) == 8


def test_columns_of_a_model() -> None:
    table = monthly(2).rename_columns(["store", "month", "sold"])
    table = table.append_column("item", pa.array(["milk"] * len(table)))
    schema = read_table(table, id_col=["store", "item"]).schema
    found = SeriesColumns.of(schema, (), table.column_names)
    assert found == SeriesColumns(("store", "item"), "month", "sold")
    with pytest.raises(DataError, match="no column `store/item`; found `store`, `month`, `sold`"):
        SeriesColumns.of(schema, (), table.column_names[:-1])


def test_a_model_of_a_wide_table_or_without_times_is_refused() -> None:
    wide = pa.table(
        {"ds": np.datetime64("2020-01-01") + np.arange(9), "a": range(9), "b": range(9)}
    )
    with pytest.raises(UsageError, match="a column for each series"):
        SeriesColumns.of(read_table(wide).schema, (), [])
    with pytest.raises(UsageError, match="no time column"):
        SeriesColumns.of(read_table([1.0, 2.0, 3.0]).schema, (), [])


def test_static_features_are_refused() -> None:
    static = pa.table({"unique_id": ["shop 0", "shop 1"], "size": [1.0, 2.0]})
    with pytest.warns(GatedWarning, match="size"):
        model = Forecaster(h=2).fit(monthly(2), static_df=static)
    with pytest.raises(UsageError, match="static features `size`"):
        forecast_partition(monthly(2), model)
