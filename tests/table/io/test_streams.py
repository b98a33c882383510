"""Tests stdin, named pipes and URLs, which are read once."""

import http.server
import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source
from tests.table.io.kinds.workbooks import xlsx

ROWS = b"ds,y\n2021-01-01,1\n2021-01-02,2\n"
BOOK = xlsx({"A": [["ds", "y"], ["2021-01-01", 1], ["2021-01-02", 2]]})


class Stdin(io.TextIOWrapper):
    """A stdin with given bytes."""

    def __init__(self, content: bytes, *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize("content", [ROWS, BOOK])
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_stdin(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(content))
    if name == "/dev/stdin":
        monkeypatch.setattr("gated.table.io.source.is_stream", lambda _: True)
        monkeypatch.setattr("gated.table.io.source.check_file", lambda _: None)
    source = open_source(name)
    assert source.frame.columns == ["ds", "y"]
    assert source.where(0) == "stdin: row 2"
    with pytest.raises(DataError, match="stdin: it is empty"):
        open_source(name)


def test_stdin_of_a_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"", is_terminal=True))
    with pytest.raises(DataError, match="stdin is the keyboard"):
        open_source("-")


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(ROWS,))
    writer.start()
    source = open_source(path)
    writer.join()
    assert list(source.frame["y"]) == ["1", "2"]


def test_a_device_is_refused() -> None:
    with pytest.raises(DataError, match="/dev/zero is a device"):
        open_source("/dev/zero")


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves two files; other paths do not exist."""

    files = {"/sales.csv": ROWS, "/book.xlsx?dl=1": BOOK, "/empty.csv": b""}  # noqa: RUF012

    def do_GET(self) -> None:
        content = self.files.get(self.path)
        self.send_response(404 if content is None else 200)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()


@pytest.mark.parametrize("name", ["sales.csv", "book.xlsx?dl=1"])
def test_a_url(server: str, name: str) -> None:
    assert read_table(f"{server}/{name}").frequency.alias == "D"
    assert read_table(Path(f"{server}/{name}")).frequency.alias == "D"  # with one slash


def test_files_of_several_origins_are_one_table(server: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"ds,y\n2020-12-31,0\n")
    table = read_table([tmp_path / "a.csv", f"{server}/sales.csv"])
    assert list(table.y) == [0, 1, 2]


def test_a_url_without_a_file(server: str) -> None:
    with pytest.raises(DataError, match=r"nothing.csv: the file cannot be read .*404"):
        open_source(f"{server}/nothing.csv?key=secret")
    with pytest.raises(DataError, match="the answer is empty"):
        open_source(f"{server}/empty.csv")


def test_a_storage_of_fsspec(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    with fsspec.open("memory://shop/sales.csv", "wb") as file:
        file.write(ROWS)
    source = open_source("memory://shop/sales.csv")
    assert list(source.frame["y"]) == ["1", "2"]
    assert source.where(0) == "sales.csv: row 2"
    with pytest.raises(DataError, match=r"memory://shop/no.csv: the file cannot be read"):
        open_source("memory://shop/no.csv")
    with pytest.raises(UsageError, match=r"smock is no kind of storage .*, and no database"):
        open_source("smock://shop/no.csv")


def test_the_address_of_a_file_is_its_path(tmp_path: Path) -> None:
    (tmp_path / "my sales.csv").write_bytes(ROWS)
    assert len(open_source(f"file://{tmp_path}/my%20sales.csv").frame) == 2
    with pytest.raises(DataError, match=r"there is no such file. Did you mean `my sales.csv`"):
        open_source(f"file://{tmp_path}/my%20sale.csv")


def test_a_storage_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UsageError, match=r'pip install "gated\[io\]" s3fs, or download the file'):
        open_source("s3://bucket/sales.csv")
