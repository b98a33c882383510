"""Tests packed files, archives and files whose names say something else."""

import bz2
import gzip
import lzma
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.kinds import packed
from gated.table.io.source import Source, open_source
from tests.table.io.kinds.workbooks import xlsx, zipped

ROWS = "ds,y\n2021-01-01,1\n2021-01-02,2\n"
FRAME = pd.DataFrame({"ds": pd.date_range("2021-01-01", periods=2), "y": [1, 2]})


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def parquet() -> bytes:
    return FRAME.to_parquet()


def arrow(open_writer=pa.ipc.new_file) -> bytes:
    sink, table = pa.BufferOutputStream(), pa.Table.from_pandas(FRAME)
    with open_writer(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def feather() -> bytes:
    sink = pa.BufferOutputStream()
    pa.feather.write_feather(FRAME, sink)
    return sink.getvalue().to_pybytes()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def values(source: Source) -> list[float]:
    return [float(value) for value in source.frame["y"]]


TEXT = ROWS.encode()
BOOK = xlsx({"A": [["ds", "y"], ["2021-01-01", 1], ["2021-01-02", 2]]})
LINES = b'{"ds": "2021-01-01", "y": 1}\n{"ds": "2021-01-02", "y": 2}\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.bz2", bz2.compress(TEXT)),
        ("a.csv.xz", lzma.compress(TEXT)),
        ("a.csv.zst", zstd(TEXT)),
        ("a.gz", gzipped(TEXT)),
        ("a.jsonl.gz", gzipped(LINES)),
        ("a.json.xz", lzma.compress(LINES)),
        ("a.parquet.gz", gzipped(parquet())),
        ("a.csv.zip", zipped({"a.csv": TEXT})),
        ("a.zip", zipped({"__MACOSX/._a.csv": b"x", "in/": b"", "in/a.csv": TEXT, "b.md": b"#"})),
        ("a.zip", zipped({"a.xlsx": BOOK})),
        ("a.zip", zipped({"a.csv.gz": gzipped(TEXT)})),
        ("a.zip", zipped({"a.parquet": parquet()})),
        ("a.feather", feather()),
        ("a.arrow", arrow()),
        ("a.arrow", arrow(pa.ipc.new_stream)),
        ("a.dat", TEXT.replace(b",", b"\t")),
        ("table", TEXT),
    ],
)
def test_each_kind_gives_the_same_values(tmp_path: Path, name: str, content: bytes) -> None:
    source = open_source(write(tmp_path / name, content))
    assert source.frame.columns == ["ds", "y"]
    assert values(source) == [1, 2]
    assert not any("content" in note for note in source.notes)


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("a.csv", BOOK, "ends in .csv, but the content is a spreadsheet"),
        ("a.csv", parquet(), "ends in .csv, but the content is a Parquet file"),
        ("a.csv", gzipped(TEXT), "The content is a gzip file; it was unpacked."),
        ("a.csv", LINES, "ends in .csv, but the content is JSON"),
        ("a.xls", TEXT.replace(b",", b"\t"), "ends in .xls, but the content is delimited text"),
        ("a.xls", BOOK, ""),
        ("a.xlsx", TEXT, "ends in .xlsx, but the content is delimited text"),
        ("a.parquet", arrow(), "ends in .parquet, but the content is an Arrow file"),
        ("a.csv.gz", TEXT, "the file is not packed"),
        ("a.csv.gz", BOOK, "the file is not packed"),
        ("a.csv.bz2", gzipped(TEXT), ""),
    ],
)
def test_the_content_counts_and_not_the_name(
    tmp_path: Path, name: str, content: bytes, note: str
) -> None:
    source = open_source(write(tmp_path / name, content))
    assert values(source) == [1, 2]
    assert source.where(0).startswith(f"{name}: row ")
    assert note in " ".join(source.notes)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "is an HTML page"),
        ("a.csv", b"\n<!DOCTYPE html><html></html>", "is an HTML page"),
        ("a.xls", b'<?xml version="1.0"?><Workbook></Workbook>', "is XML"),
        ("a.csv", b"SQLite format 3\0" + bytes(90), "the database cannot be read"),
        ("a.csv", b"%PDF-1.7", "Copy its table into a spreadsheet"),
        ("a.zip", zipped({"word/document.xml": b"<w/>"}), "Copy its table into a spreadsheet"),
        ("a.xlsx", zipped({"Index/Document.iwa": b"x"}), "Export it in Numbers"),
        ("a.zip", zipped({}), "the archive holds no table. It is empty."),
        ("a.zip", zipped({"readme.md": b"#"}), "holds no table. It contains `readme.md`."),
    ],
)
def test_other_contents_are_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        open_source(write(tmp_path / name, content))
    assert words in str(caught.value)


def test_a_log_with_brackets_is_text(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.csv", b"[time],y\n2021-01-01,1\n2021-01-02,2\n"))
    assert source.frame.columns == ["[time]", "y"]


def test_several_tables_in_an_archive_are_a_question(tmp_path: Path) -> None:
    other = TEXT.replace(b"1\n", b"7\n")
    path = write(tmp_path / "a.zip", zipped({"in/north.csv": TEXT, "in/south.csv": other}))
    with pytest.raises(DataError, match=r"several tables: `in/north.csv`, `in/south.csv`. Name"):
        read_table(path)
    for name in ("south.csv", "in/south.csv"):
        assert read_table(path, sheet=name).y[0] == 7
    with pytest.raises(UsageError, match=r"no table `east.csv`"):
        read_table(path, sheet="east.csv")


def test_a_sheet_of_a_workbook_in_an_archive(tmp_path: Path) -> None:
    rows = [["ds", "y"], ["2021-01-01", 1], ["2021-01-02", 2]]
    book = xlsx({"North": rows, "South": [rows[0], ["2021-01-01", 7], rows[2]]})
    path = write(tmp_path / "a.zip", zipped({"a.xlsx": book}))
    assert read_table(path, sheet="South").y[0] == 7


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.bz2", bz2.compress(bytes(1 << 20))),
        ("a.csv.xz", lzma.compress(bytes(1 << 20))),
        ("a.csv.zst", zstd(bytes(1 << 20))),
        ("a.csv", gzipped(bytes(1 << 20))),
        ("a.jsonl.gz", gzipped(b"{" + bytes(1 << 20))),
        ("a.zip", zipped({"a.csv": bytes(1 << 20)})),
    ],
)
def test_the_unpacked_size_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 100_000)
    with pytest.raises(DataError, match="more than 100,000 bytes, the most that is kept in memory"):
        open_source(write(tmp_path / name, content))


def test_gzipped_text_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_TEXT_BYTES", 100_000)
    rows = b"ds,y\n" + b"1,2\n" * 100_000
    with pytest.raises(DataError, match=r"a.csv.gz: the unpacked text has more than 100,000 bytes"):
        open_source(write(tmp_path / "a.csv.gz", gzipped(rows)))


def test_a_small_file_may_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_ALWAYS_UNPACKED", 1 << 16)
    path = write(tmp_path / "a.csv.gz", gzipped(b"y\n" + b"1\n" * (1 << 22)))
    with pytest.raises(DataError, match="which is too much for a file of this size"):
        open_source(path)


def test_archives_in_each_other_have_a_limit(tmp_path: Path) -> None:
    content = TEXT
    for _ in range(6):
        content = gzipped(content)
    with pytest.raises(DataError, match="more than 3 archives in each other"):
        open_source(write(tmp_path / "a.csv", content))


def test_files_that_describe_the_table_of_an_archive_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "download.zip"
    files = {"API_1.csv": ROWS, "Metadata_Country.csv": "a,b\nx,y\n", "README.txt": "Read me.\n"}
    path.write_bytes(zipped({name: text.encode() for name, text in files.items()}))
    assert read_table(path).y.tolist() == [1, 2]
