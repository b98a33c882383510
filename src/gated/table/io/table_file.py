"""Checks that a path names a readable file, before slow imports such as pandas."""

import os
from difflib import get_close_matches
from pathlib import Path

from gated.errors import DataError
from gated.text import listed

__all__ = ["PARQUET_SUFFIXES", "TEXT_SUFFIXES", "check_file"]

TEXT_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
PARQUET_SUFFIXES = (".parquet", ".pq")


def check_file(path: Path) -> None:
    """Check that a path is a file that can be opened and is not empty.

    Raises:
        DataError: it is missing, a directory, not readable or empty.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file.{_near_name(path)}") from None
    except (OSError, ValueError) as problem:  # no permission; an invalid name
        raise DataError(f"{path}: the file cannot be opened ({problem}).") from problem
    if path.is_dir():
        tables = sorted(entry.name for entry in path.iterdir() if _is_table(entry.name))
        inside = f" It contains {listed(tables)}." if tables else " It contains no table."
        raise DataError(f"{path} is a directory. Expected one file.{inside}")
    if not os.access(path, os.R_OK):
        raise DataError(f"{path}: you have no permission to read this file.")
    if found.st_size == 0:
        raise DataError(f"{path.name}: the file is empty (0 bytes).")


def _is_table(name: str) -> bool:
    return name.lower().endswith((*TEXT_SUFFIXES, *PARQUET_SUFFIXES))


def _near_name(path: Path) -> str:
    if not path.parent.is_dir():
        return f" The directory {path.parent} does not exist either."
    close = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    return f" Did you mean `{close[0]}`?" if close else ""
