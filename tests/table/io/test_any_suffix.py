"""Tests text files under the suffixes of programs."""

from pathlib import Path

import pytest

from gated.errors import DataError
from gated.table.reader import read_table


def test_text_with_the_suffix_of_a_program(tmp_path: Path) -> None:
    path = tmp_path / "gauge.rdb"
    rows = [f"USGS\t2024-01-{day:02d}\t{day}.5\n" for day in range(1, 29)]
    path.write_text("# gauge\nagency\tdatetime\tflow\n5s\t20d\t14n\n" + "".join(rows))
    table = read_table(path)
    assert (table.frequency.alias, table.y[0]) == ("D", 1.5)
    assert any("The name ends in .rdb" in note for note in table.notes)


def test_text_without_columns_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Title\n\nSome words.\n")
    with pytest.raises(DataError, match=r"notes\.md: files of this type are not supported"):
        read_table(path)
