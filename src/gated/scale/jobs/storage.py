"""Reads and writes the files of a job: in a folder of this machine, or in an object storage.

Files of this machine are written by `gated.files`, completely or not at all. An object of a storage
appears when its last byte was sent.
"""

import fnmatch
import os
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

import pyarrow as pa
from pyarrow import fs

from gated.errors import DataError, GatedError
from gated.files import write_whole
from gated.table.io.addresses import as_url, masked

__all__ = ["JOB", "STATE", "Folder", "is_remote", "located", "parquet_files"]

STATE, JOB = "_gated", "job.json"
"""The folder of a job in the folder of its output, and the file that says what it is."""

_SUFFIXES = (".parquet", ".pq")
_WILDCARDS = "*?["
_OPTIONS = "?"  # of an address begin here: s3://shop/sales/?region=eu-west-1
_EXPECTED = (
    "Expected Parquet files: a path, a folder, a pattern such as 'sales/*.parquet', or an address "
    "such as s3://bucket/sales/."
)


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path is an address of a storage, such as s3://bucket/folder.

    >>> is_remote("s3://shop/sales"), is_remote(Path("s3://shop/sales")), is_remote("sales")
    (True, True, False)
    """
    return "://" in _text(path) and not _text(path).startswith("file://")


def _text(path: str | os.PathLike[str]) -> str:
    """An address, also one that became a path and lost a slash; or a path as it is."""
    return as_url(os.fspath(path)) or os.fspath(path)


def located(path: str | os.PathLike[str]) -> tuple[fs.FileSystem, str]:
    """The file system of a path or an address, and the path in it.

    Raises:
        DataError: the kind of storage is unknown, or it cannot be reached.
    """
    text = _text(path)
    if "://" not in text:
        return fs.LocalFileSystem(), str(Path(text).expanduser().absolute())
    try:
        system, inner = fs.FileSystem.from_uri(text)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise DataError(f"{masked(text)}: cannot be opened ({problem}). {_EXPECTED}") from problem
    return system, str(inner)


def parquet_files(source: str | os.PathLike[str] | Sequence[Any]) -> list[str]:
    """The Parquet files of a path, a folder, a pattern, an address, or a list of them, sorted.

    Files and folders whose names begin with a point or an underscore are left out.

    Returns:
        Paths and addresses; `located` opens each.

    Raises:
        DataError: there are none, or the storage cannot be reached.
    """
    given = [source] if isinstance(source, str | os.PathLike) else list(source)
    found = sorted({file for one in given for file in _files_of(_text(one))})
    if not found:
        shown = ", ".join(masked(_text(one)) for one in given)
        raise DataError(f"{shown}: there is no Parquet file. {_EXPECTED}")
    return found


def _files_of(path: str) -> Iterable[str]:
    scheme, rest, options = _parts(path)
    pattern = rest if scheme and _has_wildcards(rest) else None
    system, inner = located(path if pattern is None else f"{scheme}{_fixed(rest)}{options}")
    try:
        info = system.get_file_info(inner)
        if info.type == fs.FileType.File:
            return [f"{scheme}{inner}{options}"]
        if info.type == fs.FileType.NotFound and pattern is None and _has_wildcards(inner):
            pattern, inner = inner, _fixed(inner)  # it is not the name of a file or folder
            info = system.get_file_info(inner)
        if info.type != fs.FileType.Directory:
            return []
        below = system.get_file_info(fs.FileSelector(inner, recursive=True))
    except OSError as problem:
        raise DataError(f"{masked(path)}: cannot be listed ({problem}). {_EXPECTED}") from problem
    files = [one for one in below if one.type == fs.FileType.File]
    made = {str(PurePosixPath(one.path).parents[1]) for one in files if _is_of_job(one)}
    found = [one.path for one in files if _is_table(one, inner, made)]
    if pattern is not None:
        found = [
            one for one in found if _matches(PurePosixPath(one).parts, PurePosixPath(pattern).parts)
        ]
    return [f"{scheme}{one}{options}" for one in found]


def _matches(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether the parts of a path match those of a pattern: `**` is any number of folders.

    >>> _matches(("sales", "x", "a.parquet"), ("sales", "**", "*.parquet"))
    True
    >>> _matches(("sales", "x", "a.parquet"), ("sales", "*.parquet"))
    False
    """
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_matches(path[passed:], pattern[1:]) for passed in range(len(path)))
    is_first = bool(path) and fnmatch.fnmatchcase(path[0], pattern[0])
    return is_first and _matches(path[1:], pattern[1:])


def _parts(path: str) -> tuple[str, str, str]:
    """The kind, the place and the options of an address; a path is the second of them.

    >>> _parts("s3://shop/sales/*.parquet?region=eu-west-1")
    ('s3://', 'shop/sales/*.parquet', '?region=eu-west-1')
    """
    if not is_remote(path):
        return "", path, ""
    kind, mark, rest = path.partition("://")
    place, sign, options = rest.partition(_OPTIONS)
    return kind + mark, place, sign + options


def _has_wildcards(path: str) -> bool:
    return any(sign in path for sign in _WILDCARDS)


def _fixed(pattern: str) -> str:
    """The folder of a pattern above its first wildcard."""
    fixed: list[str] = []
    for part in PurePosixPath(pattern).parts:
        if _has_wildcards(part):
            break
        fixed.append(part)
    return str(PurePosixPath(*fixed))


def _is_of_job(info: fs.FileInfo) -> bool:
    return str(info.path).endswith(f"/{STATE}/{JOB}")


def _is_table(info: fs.FileInfo, folder: str, made: Set[str]) -> bool:
    """Whether a file is part of a table: not hidden, and not the output of a job below."""
    inside = PurePosixPath(info.path).relative_to(folder)
    is_hidden = any(part.startswith((".", "_")) for part in inside.parts)
    above = [str(PurePosixPath(folder) / part) for part in inside.parents if part.name]
    return info.path.lower().endswith(_SUFFIXES) and not is_hidden and made.isdisjoint(above)


@dataclass(frozen=True)
class Folder:
    """A folder of a file system.

    Attributes:
        address: as given.
        system: the file system.
        path: of the folder.
    """

    address: str
    system: fs.FileSystem
    path: str

    @classmethod
    def at(cls, address: str | os.PathLike[str]) -> Self:
        """The folder at a path or an address, which may not exist yet.

        Raises:
            DataError: the storage cannot be reached.
        """
        system, path = located(address)
        return cls(_text(address) if is_remote(address) else path, system, path)

    def below(self, name: str) -> "Folder":
        """A folder in this one."""
        kind, place, options = _parts(self.address)
        address = f"{kind}{place.rstrip('/')}/{name}{options}"
        return Folder(address, self.system, self._inside(name))

    @property
    def label(self) -> str:
        """The address for messages: without a password and options, which may hold one."""
        return masked(self.address)

    def holds(self, file: str) -> bool:
        """Whether a file, given by its path or address, is in this folder or below."""
        system, path = located(file)
        own = self._inside("")
        if isinstance(system, fs.LocalFileSystem):  # a link may be part of one of them
            path, own = os.path.realpath(path), f"{os.path.realpath(own)}{os.sep}"
        return system.equals(self.system) and path.startswith(own)

    def create(self) -> None:
        """Make the folder, if it does not exist.

        Raises:
            GatedError: it cannot be made.
        """
        try:
            self.system.create_dir(self.path, recursive=True)
        except OSError as problem:
            raise GatedError(
                f"{self.label}: the folder cannot be made ({problem}). Choose another place."
            ) from problem

    def names(self) -> set[str]:
        """The names of the files in the folder; empty if it does not exist."""
        selector = fs.FileSelector(self.path, allow_not_found=True)
        files = self.system.get_file_info(selector)
        return {one.base_name for one in files if one.type == fs.FileType.File}

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            OSError: it cannot be read.
        """
        with self.system.open_input_file(self._inside(name)) as file:
            return bytes(file.readall())

    def open(self, name: str) -> pa.NativeFile:
        """A file, to be read from any place in it.

        Raises:
            OSError: it cannot be read.
        """
        return self.system.open_input_file(self._inside(name))

    def write(self, name: str, content: bytes) -> None:
        """Write a file completely or not at all; an existing one is replaced.

        Raises:
            GatedError: it cannot be written.
        """
        if isinstance(self.system, fs.LocalFileSystem):
            write_whole(self._inside(name), content)
            return
        try:
            with self.system.open_output_stream(self._inside(name)) as stream:
                stream.write(content)
        except OSError as problem:
            raise GatedError(
                f"{self.label}/{name}: cannot be written ({problem}). Check the address and the "
                "permissions."
            ) from problem

    def remove(self) -> None:
        """Remove the folder with all files in it, if it exists."""
        if self.system.get_file_info(self.path).type == fs.FileType.Directory:
            self.system.delete_dir(self.path)

    def remove_except(self, kept: Set[str]) -> None:
        """Remove all files and folders in the folder but some files."""
        for one in self.system.get_file_info(fs.FileSelector(self.path)):
            if one.type == fs.FileType.Directory:
                self.system.delete_dir(one.path)
            elif one.base_name not in kept:
                self.system.delete_file(one.path)

    def local(self, name: str) -> Path | None:
        """The path of a file on this machine; None in a storage."""
        is_local = isinstance(self.system, fs.LocalFileSystem)
        return Path(self._inside(name)) if is_local else None

    def _inside(self, name: str) -> str:
        return f"{self.path.rstrip('/')}/{name}"
