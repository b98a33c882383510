"""Reads stdin, pipes and URLs into memory, once."""

import io
import sys
import urllib.parse
from pathlib import Path, PurePosixPath
from typing import Any

from gated.errors import DataError, UsageError
from gated.table.io.addresses import masked
from gated.table.io.databases.statement import first_line
from gated.table.io.kinds.loaded import MemoryFile
from gated.table.io.kinds.packed import read_bounded
from gated.table.io.table_file import STDIN, table_name
from gated.text import did_you_mean

__all__ = ["read_stream", "read_url"]

_SAVE = "Save it as a file, and give the file."
_SECONDS = 60  # without an answer of a server
_LIBRARIES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
    "sftp": "paramiko",
}


def read_stream(path: Path) -> MemoryFile:
    """Read stdin or a pipe to its end.

    Raises:
        DataError: it is empty, a terminal or another device, or too long.
    """
    name = table_name(path)
    is_stdin = str(path) in (STDIN, "/dev/stdin")
    if is_stdin and sys.stdin is not None and sys.stdin.isatty():
        raise DataError("stdin is the keyboard. Expected a table: cat sales.csv | gated forecast -")
    if not is_stdin and path.is_char_device():
        raise DataError(f"{name} is a device. Expected a file or a pipe.")
    try:
        if is_stdin:
            source: Any = io.BytesIO() if sys.stdin is None else sys.stdin.buffer
            content = read_bounded(source, name, _SAVE)
        else:
            with path.open("rb") as stream:
                content = read_bounded(stream, name, _SAVE)
    except OSError as problem:
        raise DataError(f"{name}: it cannot be read ({problem}).") from problem
    if not content:
        raise DataError(f"{name}: it is empty (0 bytes), or was read before. Expected a table.")
    return MemoryFile(name, content)


def read_url(url: str) -> MemoryFile:
    """Read the file of a URL: http(s) and ftp by Python itself, others by fsspec.

    Raises:
        DataError: the server does not answer, or not with a file.
        UsageError: the library for its kind of storage is not installed.
    """
    parts = urllib.parse.urlsplit(url)
    name = PurePosixPath(urllib.parse.unquote(parts.path)).name or parts.netloc
    scheme = parts.scheme
    try:
        opened = _open_web(url) if scheme in ("http", "https", "ftp") else _open_fsspec(url, scheme)
        with opened as stream:
            content = read_bounded(stream, name, _SAVE)
    except (OSError, ValueError) as problem:
        if isinstance(problem, DataError | UsageError):
            raise
        reason = first_line(problem)
        raise DataError(f"{masked(url)}: the file cannot be read ({reason}).") from problem
    if not content:
        raise DataError(f"{masked(url)}: the answer is empty.")
    return MemoryFile(name, content)


def _open_web(url: str) -> Any:
    import urllib.request  # takes 20 ms, which only a URL needs

    request = urllib.request.Request(url, headers={"User-Agent": "gated"})
    return urllib.request.urlopen(request, timeout=_SECONDS)


def _open_fsspec(url: str, scheme: str) -> Any:
    library = _LIBRARIES.get(scheme, "")
    try:
        import fsspec

        if scheme not in fsspec.available_protocols():
            raise UsageError(
                f"{masked(url)}: {scheme} is no kind of storage that fsspec reads, and no database."
                f"{did_you_mean(scheme, [*_LIBRARIES, 'http', 'https', 'ftp'])} Expected an "
                "address such as https://… or s3://…, or download the file."
            )
        return fsspec.open(url, "rb")
    except ImportError as error:
        needed = f"fsspec and {library}, which are not both" if library else "fsspec, which is not"
        what = f'Install them with pip install "gated[io]" {library}'.rstrip()
        if not library:
            what = f'Install it with pip install "gated[io]". fsspec says: {first_line(error)}'
        raise UsageError(
            f"{masked(url)}: this storage is read by {needed} installed. {what}, or download the "
            "file."
        ) from error
