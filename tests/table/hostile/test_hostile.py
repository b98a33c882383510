"""Reads damaged files, and files that change while they are read: an answer or a question.

A longer run, each file in a process of its own: `make fuzz-hostile`.
"""

import random
from contextlib import suppress
from pathlib import Path

import pytest

from gated.errors import DataError, UsageError
from gated.table import read_table
from tests.table.hostile.changing import CHANGES, change_at_opening
from tests.table.hostile.contents import contents
from tests.table.hostile.damage import damaged

FILES = contents()
SEEDS = 40


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    table = read_table(path)
    assert list(table.ids) == ["Bergen", "Oslo"]
    assert len(table.y) == 80
    assert table.y[:3].tolist() == [50.0, 69.92, 52.85]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_damaged_file_is_an_answer_or_a_question(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    name = sorted(FILES)[seed % len(FILES)]
    path = tmp_path / name
    path.write_bytes(damaged(FILES[name], rng)[0])
    _read(path)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
@pytest.mark.parametrize("name", ["plain.csv", "table.csv.gz", "table.xlsx", "table.parquet"])
def test_a_changing_file_is_an_answer_or_a_question(
    name: str, change: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    rng = random.Random(name)
    for opening in (1, 2, 3):
        if path.is_dir():
            path.rmdir()
        path.write_bytes(FILES[name])
        with monkeypatch.context() as patched:
            patched.setattr(Path, "open", Path.open)  # put back after the reading
            change_at_opening(path, opening, lambda: change(path, FILES[name], rng))  # type: ignore[operator]
            _read(path)


def test_a_file_that_grows_while_it_is_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "meter.csv"
    path.write_bytes(FILES["plain.csv"])
    monkeypatch.setattr(Path, "open", Path.open)
    change_at_opening(path, 2, lambda: _append(path, b"Oslo,2024-02-10,5"))
    with pytest.raises(DataError, match=r"^meter.csv: the file changed while it was read. Read"):
        read_table(path)


def test_a_name_without_an_end_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes("ds,y\n".replace("y", "y" * 300_000).encode() + b"2024-01-01,1\n")
    with pytest.raises(DataError, match=r"^long.csv: the name of a column has 300,000 characters"):
        read_table(path)


def _append(path: Path, row: bytes) -> None:
    with path.open("ab") as file:
        file.write(row)


def _read(path: Path) -> None:
    with suppress(DataError, UsageError):
        read_table(path)
