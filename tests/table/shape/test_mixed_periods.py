"""Tests years, quarters and months below each other in one column."""

from pathlib import Path

import pytest

from gated.errors import DataError
from gated.table.reader import read_table


def written(folder: Path) -> Path:
    path = folder / "series.csv"
    rows = [
        *(f"{year},{year}" for year in (2019, 2020, 2021)),
        *(f"{year} Q{q},{q}" for year in (2019, 2020, 2021) for q in (1, 2, 3, 4)),
        *(f"{year} {name},7" for year in (2019, 2020, 2021) for name in ("JAN", "FEB", "MAR")),
    ]
    path.write_text("Title,Index\n" + "\n".join(rows) + "\n")
    return path


def test_the_step_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has years, then quarters, then months in one column"):
        read_table(written(tmp_path))


@pytest.mark.parametrize(("freq", "rows"), [("YS", 3), ("QS", 12), ("MS", 9)])
def test_the_step_decides(tmp_path: Path, freq: str, rows: int) -> None:
    table = read_table(written(tmp_path), freq=freq)
    assert int((table.y == table.y).sum()) == rows
    assert any(f"{24 - rows} rows that are no" in note for note in table.notes)


def test_a_column_of_months_is_not_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("when,y\n" + "".join(f"2021-{month:02d},{month}\n" for month in range(1, 13)))
    assert read_table(path).frequency.alias == "MS"
