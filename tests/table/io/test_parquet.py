"""Tests Parquet files: only requested columns are read, and their values are unchanged."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gated.errors import DataError
from gated.table import read_table, to_frame
from gated.table.io.parquet import open_parquet

DAYS = pd.date_range("2024-01-01", periods=40)


def long_table(**more):
    """Two series of forty days, b before a."""
    return pa.table(
        {
            "unique_id": ["b"] * 40 + ["a"] * 40,
            "ds": np.tile(DAYS.to_numpy(), 2),
            "y": np.arange(80.0),
            **more,
        }
    )


def spoil(path, column):
    """Overwrite the values of a column, but not the footer."""
    group = pq.ParquetFile(path).metadata.row_group(0)
    place = group.column(group_names(group).index(column))
    content = bytearray(path.read_bytes())
    begin = place.dictionary_page_offset or place.data_page_offset
    content[begin : begin + place.total_compressed_size] = b"\xff" * place.total_compressed_size
    path.write_bytes(content)


def group_names(group):
    return [group.column(index).path_in_schema for index in range(group.num_columns)]


def test_a_column_without_a_role_is_never_read(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(long_table(rest=np.arange(80)), path)
    spoil(path, "rest")
    assert read_table(path).y.tolist() == list(range(80))


def test_a_damaged_column_is_an_error(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(long_table(), path)
    spoil(path, "y")
    with pytest.raises(DataError, match=r"t.parquet: the file is damaged"):
        read_table(path)


def test_ids_of_several_row_groups_are_read_as_text(tmp_path):
    pq.write_table(long_table(), tmp_path / "t.parquet", row_group_size=25)
    table = read_table(tmp_path / "t.parquet")
    assert table.ids.tolist() == ["b", "a"]
    assert table.offsets.tolist() == [0, 40, 80]
    assert to_frame(table.schema, {"unique_id": table.ids})["unique_id"].tolist() == ["b", "a"]


def test_each_text_is_stored_once_for_any_number_of_rows(tmp_path):
    pq.write_table(long_table(), tmp_path / "t.parquet")
    column = open_parquet(tmp_path / "t.parquet")["unique_id"].to_arrow()
    assert column.dictionary.to_pylist() == ["b", "a"]


def test_a_text_column_is_read_until_a_cell_is_not_missing(tmp_path):
    rows = 30_000
    shop = [None] * (rows - 2) + ["north", "south"]
    pq.write_table(
        pa.table({"t": np.arange(rows), "y": np.ones(rows), "s": shop}), tmp_path / "t.pq"
    )
    parts = [len(part) for part in open_parquet(tmp_path / "t.pq").parts("s")]
    assert parts == [0, 10_000, 10_000, 10_000]
    assert "s" not in read_table(tmp_path / "t.pq").notes[1]


def test_a_column_name_that_begins_with_another_name(tmp_path):
    pq.write_table(long_table(**{"y.b": np.zeros(80)}), tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").y[-1] == 79


def test_one_name_for_two_columns(tmp_path):
    columns = [pa.array([1, 2]), pa.array([3.5, 4]), pa.array([5, 6])]
    pq.write_table(pa.Table.from_arrays(columns, ["ds", "y", "y"]), tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"`y_1` \(column 2\), `y_2` \(column 3\)"):
        read_table(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", target_col="y_2").y.tolist() == [5, 6]
