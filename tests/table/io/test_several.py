"""Tests several files as one table: folders, Hive's partitions, lists of paths."""

import os
from pathlib import Path

import pandas as pd
import pytest

from gated import read_table
from gated.errors import DataError
from gated.table.io.source import open_source

DAYS = pd.date_range("2024-01-01", periods=20)
FRAME = pd.DataFrame({"ds": DAYS, "y": range(20)})


def write(path: Path, frame: pd.DataFrame) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_parts_of_a_folder_are_one_table(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"part-1{suffix}", FRAME[:8])
    write(tmp_path / f"part-2{suffix}", FRAME[8:][["y", "ds"]])
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".part-1.csv").write_text("hidden")
    table = read_table(tmp_path)
    assert list(table.y) == list(range(20))
    assert any("holds 2 files with the same columns, read as one table" in n for n in table.notes)


def test_a_list_of_paths_is_one_table(tmp_path: Path) -> None:
    paths = [write(tmp_path / "2.csv", FRAME[:8]), write(tmp_path / "1.csv", FRAME[8:])]
    table = read_table([str(path) for path in paths])
    assert list(table.y) == list(range(20))
    assert "2 files with the same columns were read as one table: `2.csv`, `1.csv`." in table.notes


def test_a_row_is_named_by_its_file(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", FRAME[:8].astype({"y": object}))
    broken = FRAME[8:].astype({"y": object}).reset_index(drop=True)
    broken.loc[2, "y"] = "many"
    write(tmp_path / "2.csv", broken)
    with pytest.raises(DataError, match=r'^2.csv: row 4: y "many" is not a number'):
        read_table(tmp_path, target_col="y")


def test_names_of_folders_become_columns(tmp_path: Path) -> None:
    for store in ("north", "a b"):
        write(tmp_path / f"store={store.replace(' ', '%20')}" / "part.parquet", FRAME)
    table = read_table(tmp_path)
    assert sorted(table.ids) == ["a b", "north"]
    assert any("names of the directories became columns: `store`" in note for note in table.notes)


def test_one_table_in_a_folder_is_that_table(tmp_path: Path) -> None:
    write(tmp_path / "sales.csv", FRAME)
    (tmp_path / "readme.md").write_text("# Sales")
    table = read_table(tmp_path)
    assert list(table.y) == list(range(20))
    assert any("holds one table, `sales.csv`" in note for note in table.notes)


def test_different_columns_are_named(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", FRAME)
    write(tmp_path / "2.csv", FRAME.rename(columns={"y": "sales"}).assign(price=1))
    with pytest.raises(DataError) as caught:
        read_table(tmp_path)
    assert "1.csv and 2.csv have different columns: only 1.csv has `y`" in str(caught.value)
    assert "only 2.csv has `price`, `sales`" in str(caught.value)


def test_different_types_are_named(tmp_path: Path) -> None:
    write(tmp_path / "1.parquet", FRAME)
    write(tmp_path / "2.parquet", FRAME.assign(y="many"))
    with pytest.raises(DataError, match="column `y` is of type int64 in the first file"):
        open_source(tmp_path)


def test_different_formats_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", FRAME)
    write(tmp_path / "2.parquet", FRAME)
    with pytest.raises(DataError, match=r"1.csv and 2.parquet are in different formats"):
        open_source(tmp_path)


def test_a_folder_that_is_removed_while_the_others_are_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "sales.csv").write_text("ds,y\n2024-01-01,1\n2024-01-02,2\n")
    listed = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "gone":
            raise FileNotFoundError(path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert read_table(tmp_path).y.tolist() == [1.0, 2.0]
