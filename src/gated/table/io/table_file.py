"""Checks that a path names a readable file, before slow imports such as pandas."""

import os
import stat
from difflib import get_close_matches
from pathlib import Path

from gated.errors import DataError
from gated.table.io.addresses import (
    address_name,
    as_database,
    as_url,
    in_home,
    is_address,
    local_path,
)
from gated.table.io.suffixes import is_table_name

__all__ = ["check_file", "file_state", "is_stream", "table_name", "tables_below"]

STDIN = "-"
"""The path that stands for stdin."""


def check_file(path: Path | str) -> None:
    """Check that a path is a file that can be opened and is not empty, or a folder with tables.

    Stdin (`-`), pipes, URLs and databases are not checked: they are read once, when the table is
    read.

    Raises:
        DataError: it is missing, not readable or empty, or a folder without a table.
    """
    local = local_path(path)
    if as_url(local) is not None or as_database(local) is not None:
        return
    path = in_home(local)
    if path.name == STDIN:
        return
    try:
        found = path.stat()
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file.{_near_name(path)}") from None
    except (OSError, ValueError) as problem:  # no permission; an invalid name
        raise DataError(f"{path}: the file cannot be opened ({problem}).") from problem
    if stat.S_ISDIR(found.st_mode):
        if not tables_below(path):
            raise DataError(
                f"{path} is a directory. Expected one file, or a directory of tables. It contains "
                "no table."
            )
        return
    if not os.access(path, os.R_OK):
        raise DataError(f"{path}: you have no permission to read this file.")
    if found.st_size == 0 and not is_stream(path):
        raise DataError(f"{path.name}: the file is empty (0 bytes).")


def file_state(path: Path) -> tuple[int, ...]:
    """What differs when another program has changed a file: its identity, size and time.

    Raises:
        OSError: the file is gone.
    """
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def is_stream(path: Path) -> bool:
    """Whether a path is stdin, a pipe, a socket or a terminal, which can be read only once."""
    if str(path) == STDIN:
        return True
    mode = path.stat().st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or path.is_char_device()


def table_name(path: Path | str) -> str:
    """The name of a table in messages.

    >>> table_name("-"), table_name("data/sales.csv"), table_name("/dev/fd/63")
    ('stdin', 'sales.csv', '/dev/fd/63')
    """
    text = str(path)
    if is_address(text) or as_database(text) is not None:
        return address_name(text)
    if text in (STDIN, "/dev/stdin"):
        return "stdin"
    if text.startswith(("/dev/", "/proc/")):
        return text
    name = Path(text).name
    return name if name not in ("", "..") else Path(text).resolve().name  # of a folder


def tables_below(folder: Path) -> list[Path]:
    """The tables in a folder and in those below it, without hidden files, sorted by path.

    A folder below it that another program removes in this moment is left out.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        shown = [name for name in names if not name.startswith((".", "_"))]
        found += [Path(place, name) for name in shown if is_table_name(name)]
    return sorted(path for path in found if path.is_file())


def _near_name(path: Path) -> str:
    if not path.parent.is_dir():
        return f" The directory {path.parent} does not exist either."
    close = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    return f" Did you mean `{close[0]}`?" if close else ""
