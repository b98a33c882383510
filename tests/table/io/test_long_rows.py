"""Tests of rows that have more cells than the header, because a text was not quoted."""

from pathlib import Path

import pytest

from gated.errors import DataError
from gated.table import read_table

DAYS = "".join(f"2024-05-{day:02d},{day},fine\n" for day in range(4, 13))


def test_joins_a_remark_that_its_commas_cut(tmp_path: Path) -> None:
    path = tmp_path / "bakery.csv"
    path.write_text(
        "day,loaves,remark\n2024-05-01,1,\n2024-05-02,2,oven broke, baker ill, sold out\n"
        f"2024-05-03,3,\n{DAYS}"
    )
    table = read_table(path)
    assert table.y.tolist() == list(range(1, 13))
    assert any("1 row has more cells than the header" in note for note in table.notes)


def test_leaves_out_words_behind_the_numbers_of_a_file_with_blanks(tmp_path: Path) -> None:
    path = tmp_path / "level.txt"
    rows = [f"2024-05-{day:02d}  {day}.5" for day in range(1, 13)]
    rows[4] += "  pump repaired"
    path.write_text("day  level\n" + "\n".join(rows) + "\n")
    table = read_table(path)
    assert table.y[4] == 5.5
    assert any("words after the last column; they were left out" in note for note in table.notes)


@pytest.mark.parametrize("cells", ["oven broke,7", "5,6", "fine,2024-05-02"])
def test_refuses_surplus_cells_that_are_no_sentence(tmp_path: Path, cells: str) -> None:
    path = tmp_path / "bakery.csv"
    path.write_text(f"day,loaves,remark\n2024-05-01,1,\n2024-05-02,2,{cells}\n{DAYS}")
    with pytest.raises(DataError, match="row 3 has 4 cells"):
        read_table(path)


@pytest.mark.parametrize(
    "line", [":" + '{"a":' * 40_000 + "1,5\vOslo,2024-01-27,50.0", "1" * 200_000]
)
def test_a_line_longer_than_a_cell_may_be_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(line)
    with pytest.raises(DataError, match=r"a\.csv: "):
        read_table(path)
