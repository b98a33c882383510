"""Tests of .ts files of sktime: with and without times, dimensions and labels."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table import Table, read_table

VALUES = [5, 6, 7, 9, 8, 4]


def read(path: Path, head: str, lines: list[str], target: str | None = None) -> Table:
    path.write_text(f"# a comment\n@problemName Sales\n{head}@data\n" + "\n".join(lines) + "\n")
    return read_table(path, target_col=target)


@pytest.mark.parametrize("label", ["@classLabel true a b\n", "@targetLabel true\n"])
def test_a_line_for_each_series_with_a_label(tmp_path: Path, label: str) -> None:
    rows = [",".join(str(value + row) for value in VALUES) + f":{row}.5" for row in range(3)]
    table = read(tmp_path / "a.ts", f"@timeStamps false\n@univariate true\n{label}", rows)
    assert (table.n_series, table.ds[:2].tolist()) == (3, [0, 1])
    assert table.y.tolist() == [value + row for row in range(3) for value in VALUES]
    assert "The label at the end of each line was left out." in table.notes


def test_series_of_other_lengths_without_labels(tmp_path: Path) -> None:
    table = read(tmp_path / "a.ts", "@classLabel false\n", ["1,2,?,4,5", "1,2,3"])
    assert table.lengths.tolist() == [5, 3]
    assert np.isnan(table.y[2])


def test_times_in_brackets(tmp_path: Path) -> None:
    pairs = ",".join(f"(2023-01-01 0{at}:00:00,{value})" for at, value in enumerate(VALUES))
    table = read(tmp_path / "a.ts", "@timeStamps true\n@classLabel true a b\n", [f"{pairs}:a"])
    assert (table.frequency.alias, table.y.tolist()) == ("h", VALUES)


def test_dimensions_are_columns(tmp_path: Path) -> None:
    one = ",".join(map(str, VALUES))
    other = ",".join(str(10 * value) for value in VALUES)
    table = read(tmp_path / "a.ts", "@dimensions 2\n", [f"{one}:{other}"], "dim_2")
    assert table.y.tolist() == [10 * value for value in VALUES]
    with pytest.raises(DataError, match="could be the target: `dim_1`, `dim_2`"):
        read(tmp_path / "a.ts", "@dimensions 2\n", [f"{one}:{other}"])
    with pytest.raises(DataError, match="line 4 has dimensions of other lengths or times"):
        read(tmp_path / "a.ts", "", [f"{one}:{other},7"])


def test_a_file_without_series(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no cases below @data"):
        read(tmp_path / "a.ts", "", [])
