"""Tests files and frames: formats, repairs with notes, and errors."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated.errors import DataError, UsageError
from gated.table.io.source import Source, open_source

ROWS = "ds,y\n2021-01-01,1\n2021-01-02,2\n"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def columns(source: Source) -> dict[str, list[object]]:
    return source.frame.to_dict(as_series=False)


def refusal(source: object) -> str:
    with pytest.raises(DataError) as caught:
        open_source(source)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", ROWS),
        ("a.CSV", ROWS),
        ("a.csv.gz", gzip.compress(ROWS.encode(), mtime=0)),
        ("a.tsv", ROWS.replace(",", "\t")),
        ("a.txt", ROWS.replace(",", "|")),
        ("a.txt.gz", gzip.compress(ROWS.replace(",", ";").encode(), mtime=0)),
        ("crlf.csv", ROWS.replace("\n", "\r\n")),
        ("old_mac.csv", ROWS.replace("\n", "\r")),
        ("bom.csv", b"\xef\xbb\xbf" + ROWS.encode()),
        ("blank_lines.csv", "\n" + ROWS.replace("\n", "\n\n")),
        ("utf16.csv", ROWS.encode("utf-16")),
        ("quoted.csv", '"ds","y"\n"2021-01-01","1"\n"2021-01-02","2"\n'),
        ("spaces.csv", " ds , y\n2021-01-01,1\n2021-01-02,2"),
    ],
)
def test_text_files_give_the_same_columns(tmp_path: Path, name: str, content: str | bytes) -> None:
    source = open_source(write(tmp_path / name, content))
    assert columns(source) == {"ds": ["2021-01-01", "2021-01-02"], "y": ["1", "2"]}
    assert source.backend == "pandas"


def test_text_is_left_as_written(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.csv", 'id,y\n007,"1,5"\n,NA\n'))
    assert columns(source) == {"id": ["007", ""], "y": ["1,5", "NA"]}


def test_a_string_is_a_path_and_home_is_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.csv", ROWS)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(open_source("~/a.csv").frame) == 2


def test_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ds": pd.date_range("2021", periods=2), "y": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    source = open_source(tmp_path / "a.parquet")
    assert source.frame.columns == ["ds", "y"]
    assert source.where(1) == "a.parquet: row index 1"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_other_encodings_are_read_and_noted(tmp_path: Path, encoding: str) -> None:
    word = "café" if encoding == "cp1252" else "caf\x81é"  # 0x81 is no cp1252 character
    content = f"ds,shop,y\n2021-01-01,{word},1\n".encode(encoding)
    source = open_source(write(tmp_path / "a.csv", content))
    assert columns(source)["shop"] == [word]
    assert any("not UTF-8" in note and encoding in note for note in source.notes)


def test_an_invalid_byte_late_in_the_file_is_handled(tmp_path: Path) -> None:
    content = b"ds,shop,y\n" + b"2021-01-01,cafe,1\n" * 70_000 + b"2021-01-01,caf\xe9,1\n"
    source = open_source(write(tmp_path / "a.csv", content))
    assert source.frame["shop"][-1] == "café"


def test_a_missing_header_is_noted_and_rows_count_from_one(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.txt", "0.7855,1.611\n0.7818,1.61\n"))
    assert source.frame.columns == ["column_1", "column_2"]
    assert any("no header" in note for note in source.notes)
    assert source.where(0) == "a.txt: row 1"
    dated = open_source(write(tmp_path / "b.csv", "2021-01-01,5\n2021-01-02,6\n"))
    assert len(dated.frame) == 2


def test_pandas_default_names_are_a_header(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.csv", ",0\n1821,269\n1822,321\n"))
    assert source.frame.columns == ["column_1", "0"]
    assert any("without a name" in note for note in source.notes)
    assert open_source(write(tmp_path / "b.csv", "0\n5\n6\n")).frame.columns == ["0"]


def test_row_numbers_count_blank_lines_and_quoted_line_breaks(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.csv", 'ds,y\n\n2021-01-01,1\n\n"a\nb",2\nc,3\n'))
    assert [source.where(row) for row in range(3)] == [
        "a.csv: row 3",
        "a.csv: row 5",
        "a.csv: row 6",
    ]


def test_a_line_break_within_quotes_in_the_last_row(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.csv", 'y,note\n1,"a\nb"\n'))
    assert columns(source) == {"y": ["1"], "note": ["a\nb"]}


def test_decimal_comma_is_allowed_if_commas_do_not_separate_cells(tmp_path: Path) -> None:
    assert open_source(write(tmp_path / "a.csv", "ds;y\n2021-01-01;1,5\n")).decimal_comma
    assert not open_source(write(tmp_path / "b.csv", ROWS)).decimal_comma


def test_refuses_an_empty_file(tmp_path: Path) -> None:
    assert "a.csv: the file is empty" in refusal(write(tmp_path / "a.csv", ""))
    assert "b.csv: the file is empty" in refusal(write(tmp_path / "b.csv", "\n \n"))
    assert "c.csv.gz: the file is empty" in refusal(
        write(tmp_path / "c.csv.gz", gzip.compress(b""))
    )


def test_refuses_a_header_without_rows(tmp_path: Path) -> None:
    message = refusal(write(tmp_path / "a.csv", "ds,y\n"))
    assert "a.csv: the table has no rows, only the columns `ds`, `y`" in message


def test_refuses_a_directory_without_a_table(tmp_path: Path) -> None:
    assert "is a directory. Expected one file, or a directory of tables." in refusal(tmp_path)


def test_refuses_a_missing_file_and_suggests_a_name(tmp_path: Path) -> None:
    write(tmp_path / "sales.csv", ROWS)
    assert "no such file. Did you mean `sales.csv`?" in refusal(tmp_path / "sale.csv")
    assert "does not exist either" in refusal(tmp_path / "nowhere" / "sales.csv")
    assert "cannot be opened" in refusal(tmp_path / ("a" * 5000 + ".csv"))
    assert "cannot be opened" in refusal("a\0b.csv")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.rds", "Export it in R with write.csv"),
        ("a.dta", "Export it in Stata"),
        ("a.sav", "Export it in SPSS"),
        ("a.sqlite", "Databases of SQLite 3 and DuckDB are read"),
        ("a.h5", "pandas.read_hdf"),
        ("a.py", "Expected .csv, .tsv, .txt, .json"),
    ],
)
def test_refuses_other_kinds_of_file(tmp_path: Path, name: str, advice: str) -> None:
    message = refusal(write(tmp_path / name, "text"))
    assert f"{name}: files of this type are not supported." in message
    assert advice in message


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", bytes(range(256)), "a binary file, not text"),
        ("a.parquet", b"PAR1 but not really", "damaged or not a Parquet file"),
        ("a.csv.gz", gzip.compress(ROWS.encode() * 5000, mtime=0)[:-20], "damaged or cut short"),
        ("a.csv.gz", bytes(range(256)), "damaged or not packed as its name says"),
        ("a.xlsx", b"PK", "damaged or not a spreadsheet"),
        ("a.ods", b"PK\x03\x04 and no more", "damaged or cut short"),
        ("a.zip", b"PK\x03\x04 and no more", "damaged or cut short"),
        ("a.feather", b"ARROW1 and no more", "damaged or not an Arrow file"),
        ("a.csv.bz2", b"BZh9 and no more", "damaged or cut short"),
        ("a.csv.xz", b"\xfd7zXZ\x00 and no more", "damaged or cut short"),
        ("a.csv.zst", b"\x28\xb5\x2f\xfd and no more", "damaged or cut short"),
        ("a.csv", ROWS.encode("utf-16")[:-1], "damaged or cut short"),
        ("a.csv", 'ds,y\n2021-01-01,"1\n2021-01-02,2\n', "row 2 opens a quote"),
    ],
)
def test_refuses_damaged_files(tmp_path: Path, name: str, content: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        open_source(write(tmp_path / name, content))


def test_refuses_rows_of_another_length_with_the_row_number(tmp_path: Path) -> None:
    message = refusal(write(tmp_path / "a.csv", ROWS + "\n2021-01-03,3,oops\n2021-01-04,4\n"))
    assert "a.csv: row 5 has 3 cells: '2021-01-03,3,oops'. Expected 2" in message
    assert "row 4 has 1 cell:" in refusal(write(tmp_path / "b.csv", ROWS + "2021-01\n"))


def test_cells_longer_than_a_csv_reader_allows(tmp_path: Path) -> None:
    long_cell = "x" * 200_000
    source = open_source(write(tmp_path / "a.csv", f"id;note;y\n007;{long_cell};1\n"))
    assert columns(source) == {"id": ["007"], "note": [long_cell], "y": ["1"]}
    assert source.where(0) == "a.csv: row 2"
    broken = f"id,note\n7,{long_cell}\n7,8,9\n"
    assert "cannot be split into cells" in refusal(write(tmp_path / "b.csv", broken))


def test_refuses_damage_beyond_the_beginning(tmp_path: Path) -> None:
    noise = "".join(f"{number * 7919 % 100_003},1\n" for number in range(400_000))
    whole = gzip.compress(("id,y\n" + noise).encode())
    assert "damaged or cut short" in refusal(write(tmp_path / "a.csv.gz", whole[:-1000]))


def test_refuses_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", ROWS)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "no permission to read" in refusal(path)


def test_refuses_a_name_used_twice(tmp_path: Path) -> None:
    assert "names `Jan` (columns 2, 3)" in refusal(write(tmp_path / "a.csv", "ds,Jan,Jan\na,1,2\n"))
    assert "same name: `y`" in refusal(pd.DataFrame([[1, 2]], columns=["y", "y"]))
    assert "same name: `y`" in refusal(pa.table([[1], [2]], names=["y", "y"]))


@pytest.mark.parametrize(
    ("frame", "backend"),
    [
        (pd.DataFrame({"y": [1]}), "pandas"),
        (pl.DataFrame({"y": [1]}), "polars"),
        (pl.LazyFrame({"y": [1]}), "polars"),
        (pa.table({"y": [1]}), "pyarrow"),
    ],
)
def test_frames_are_wrapped(frame: object, backend: str) -> None:
    source = open_source(frame)
    assert (source.backend, columns(source)) == (backend, {"y": [1]})
    assert source.where(0) == "row index 0"


def test_a_pandas_index_of_times_or_names_becomes_columns() -> None:
    days = pd.date_range("2021", periods=2)
    assert open_source(pd.DataFrame({"y": [1, 2]}, index=days)).frame.columns == ["ds", "y"]
    frame = pd.DataFrame({"id": ["a", "a"], "ds": days, "y": [1, 2]}).set_index(["id", "ds"])
    source = open_source(frame)
    assert source.frame.columns == ["id", "ds", "y"]
    assert "index became 2 columns: `id`, `ds`" in source.notes[0]
    plain = pd.DataFrame({"y": [1, 2]}, index=[5, 9])
    assert open_source(plain).frame.columns == ["y"]


def test_the_frame_of_the_caller_is_unchanged() -> None:
    frame = pd.DataFrame({0: [1, 2]}, index=pd.date_range("2021", periods=2))
    before = frame.copy()
    assert open_source(frame).frame.columns == ["ds", "0"]
    pd.testing.assert_frame_equal(frame, before)


def test_refuses_objects_that_are_not_tables() -> None:
    for thing in (None, 5, object()):
        with pytest.raises(UsageError, match="Expected the path of a file, or a pandas"):
            open_source(thing)
    assert "no columns" in refusal(pd.DataFrame())
    assert "no rows" in refusal(pl.DataFrame({"ds": [], "y": []}))


def test_what_a_function_finds_in_a_column_is_kept_until_the_table_changes() -> None:
    source = open_source(pd.DataFrame({"shop": ["a", "b"], "y": [1, 2]}))
    asked: list[str] = []

    def count(of: Source, column: str) -> int:
        asked.append(column)
        return len(of.frame[column])

    assert [source.fact(count, name) for name in ("shop", "y", "shop")] == [2, 2, 2]
    assert asked == ["shop", "y"]
    assert source.filtered(np.array([True, False])).fact(count, "shop") == 1


def test_repeated_texts_of_a_short_file_are_stored_once(tmp_path: Path) -> None:
    rows = [f"{shop},2021-01-{day:02},{day}.5" for shop in "ab" for day in range(1, 20)]
    path = write(tmp_path / "a.csv", "\n".join(["shop,ds,y", *rows]))
    table = open_source(path).frame.to_native()
    kinds = [pa.types.is_dictionary(column.type) for column in table.columns]
    assert kinds == [True, True, False]
    assert table.column("shop").chunk(0).dictionary.to_pylist() == ["a", "b"]
