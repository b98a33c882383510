"""Tests of text files with more columns than rows: they are split at once, or as all others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table import Table, read_table
from gated.table.io.text import opening, parse, wide
from gated.table.io.text.opening import HEAD_BYTES

COLUMNS = 30
DAYS = [f"2024-01-{day:02}" for day in range(1, 13)]
VALUES = np.random.default_rng(0).integers(-90, 90, (len(DAYS), COLUMNS)).astype(float)


@pytest.fixture(autouse=True)
def _few_columns_are_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "FEWEST_WIDE", 20)


def rows_of(cell: Callable[[float], str] = "{:g}".format) -> list[list[str]]:
    """A header, and a row of cells for each day."""
    header = ["day", *(f"s{place}" for place in range(COLUMNS))]
    rows = zip(DAYS, VALUES, strict=True)
    return [header, *([day, *map(cell, values.tolist())] for day, values in rows)]


def written(path: Path, content: str | bytes) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def assert_right(table: Table) -> None:
    assert list(table.ids) == [f"s{place}" for place in range(COLUMNS)]
    assert (table.ds.reshape(COLUMNS, -1) == np.array(DAYS, "M8[ns]")).all()
    np.testing.assert_array_equal(table.y.reshape(COLUMNS, -1), VALUES.T)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    text = end.join(separator.join(row) for row in rows_of())
    assert_right(written(tmp_path / "a.csv", text))
    assert_right(written(tmp_path / "a.csv", text + end + end))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: "Sales report\n\n" + text,
        lambda text: text.replace("2024-01-05,", '"2024-01-05",'),  # as R writes it
        lambda text: "\n".join(
            ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split("\n")
        ),
        lambda text: text.replace(",", " , "),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text + "\n" + "Source: own records",
        lambda text: text.replace("2024-01-05,", '"2024-01-05" ,'),
        lambda text: text.encode("utf-16"),
    ],
    ids=["mark", "title", "quoted day", "quotes", "blanks", "lines", "footer", "odd", "utf-16"],
)
def test_other_ways_to_write_the_cells(
    tmp_path: Path, change: Callable[[str], str | bytes]
) -> None:
    text = "\n".join(",".join(row) for row in rows_of())
    assert_right(written(tmp_path / "a.csv", change(text)))


def test_a_file_of_several_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(",".join(row) for row in rows_of())
    monkeypatch.setattr(wide, "BLOCK_BYTES", len(text) // 3)
    assert_right(written(tmp_path / "a.csv", text))
    monkeypatch.setattr(wide, "BLOCK_BYTES", 100)  # less than a row
    assert_right(written(tmp_path / "a.csv", text))


def test_letters_that_are_not_ascii(tmp_path: Path) -> None:
    for encoding in ("utf-8", "cp1252"):
        cells = rows_of()
        for row in cells[1:]:
            row[1] = "Köln"
        content = "\n".join(";".join(row) for row in cells).encode(encoding)
        (tmp_path / "a.csv").write_bytes(content)
        table = read_table(tmp_path / "a.csv", id_col="s0", target_col="s1")
        assert list(table.ids) == ["Köln"]
        np.testing.assert_array_equal(table.y, VALUES[:, 1])


def test_decimal_commas(tmp_path: Path) -> None:
    text = "\n".join(
        ";".join(row) for row in rows_of(lambda value: f"{value:.1f}".replace(".", ","))
    )
    assert_right(written(tmp_path / "a.csv", text))


def test_a_row_of_another_length_is_named(tmp_path: Path) -> None:
    lines = [",".join(row) for row in rows_of()]
    lines[4] += ",5"
    with pytest.raises(DataError, match=r"row 5 has 32 cells.*Expected 31, as in the header"):
        written(tmp_path / "a.csv", "\n".join(lines))


def test_an_open_quote_is_named(tmp_path: Path) -> None:
    lines = [",".join(row) for row in rows_of()]
    lines[4] = lines[4].replace(",", ',"', 1)
    with pytest.raises(DataError, match="row 5 opens a quote that is not closed"):
        written(tmp_path / "a.csv", "\n".join(lines))


def test_a_header_longer_than_the_first_block(tmp_path: Path) -> None:
    hours = np.datetime64("2000-01-01T00:00:00") + np.arange(53_000).astype("m8[h]")
    names = np.datetime_as_string(hours).tolist()
    assert len(",".join(names)) > HEAD_BYTES
    values = np.random.default_rng(1).integers(0, 90, (2, len(names)))
    lines = [f"s{row}," + ",".join(map(str, cells)) for row, cells in enumerate(values.tolist())]
    table = written(tmp_path / "a.csv", "\n".join(["id," + ",".join(names), *lines]))
    assert list(table.ids) == ["s0", "s1"]
    np.testing.assert_array_equal(table.y.reshape(2, -1), values)
    np.testing.assert_array_equal(table.ds[: len(names)], hours)


def test_too_many_columns_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ",".join(map(str, range(200_000)))
    with pytest.raises(DataError, match=r"the file has 200,001 columns. Expected at most 100,000"):
        written(tmp_path / "a.csv", f"day,{row}\n2024-01-01,{row}\n2024-01-02,{row}\n")
    monkeypatch.setattr(opening, "LONGEST_LINE", 1 << 20)
    with pytest.raises(DataError, match=r"the file has at least 1,0\d\d,\d+ columns"):
        written(tmp_path / "a.csv", "day" + "," * 2_000_000)


def test_many_columns_of_one_name_are_compared_with_few(tmp_path: Path) -> None:
    columns = 3000
    cells = np.arange(columns) * 31 + np.arange(1, 31)[:, None]
    lines = [f"2024-01-{row[0]:02}," + ",".join(map(str, row)) for row in cells.tolist()]
    with pytest.raises(DataError, match="several columns could be the target: `y_1`"):
        written(tmp_path / "a.csv", "\n".join(["day" + ",y" * columns, *lines]))
