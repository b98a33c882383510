"""Checks the paths of all output files before the work of a command."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from gated.cli.output.encoding import check_table_suffix
from gated.errors import UsageError
from gated.files import special_kind
from gated.table.io.addresses import as_url, masked

__all__ = ["check_place", "check_places"]

_TABLES = ("--out", "--scores")  # options whose files are tables; the suffix gives the format


def check_places(
    read: Mapping[str, Path | None],
    written: Mapping[str, Path | None],
    reserved: Mapping[str, Path | None],
) -> None:
    """Raise an error for a file that overwrites an input or another output, or is not writable.

    Paths are compared as files: with `..`, links and `~` resolved.

    Args:
        read: the files that the command reads, by their name in messages.
        written: the files that it writes, by option.
        reserved: the files that it may write without an option, by their name in messages.

    Raises:
        UsageError: for the first invalid file.
    """
    taken = [(name, path) for name, path in read.items() if path is not None]
    for name, path in reserved.items():
        if path is not None:
            _check_not_taken(name, path, taken)
            taken.append((name, path))
    for option, path in written.items():
        if path is None:
            continue
        _check_not_taken(option, path, taken)
        check_place(option, path)
        if option in _TABLES:
            check_table_suffix(option, path)
        if option == "--report" and path.suffix.lower() not in (".html", ".htm"):
            raise UsageError(
                f"--report {path}: the report is an HTML page. Expected a name ending in .html."
            )
        taken.append((option, path))


def _check_not_taken(name: str, path: Path, taken: list[tuple[str, Path]]) -> None:
    for other_name, other in taken:
        if _are_same(path, other):
            why = "" if path == other else f": it is the same file as {other}"
            raise UsageError(
                f"{name} {path} would overwrite {other_name}{why}. Choose another name."
            )


def _are_same(one: Path, other: Path) -> bool:
    """Return whether two paths name the same file, which may not exist yet."""
    one, other = _own(one), _own(other)
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist
        return False


def _own(path: Path) -> Path:
    """Return the path with `~` replaced by the user's folder, if there is one."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def check_place(option: str, path: Path) -> None:
    """Check that a file can be written.

    Raises:
        UsageError: the folder is missing or not writable, or the path is an address or not an
            ordinary file.
    """
    url = as_url(path)
    if url is not None:
        raise UsageError(
            f"{option} {masked(url)} is an address. Expected the name of a file; only gated "
            "forecast --engine writes to a storage."
        )
    kind = special_kind(path)
    if kind is not None:
        raise UsageError(f"{option} {path} is {kind}. Expected the name of a file.")
    if _is_too_long(path):
        raise UsageError(
            f"{option} {path}: the name has {len(path.name)} characters, more than the system "
            "accepts. Choose a shorter one."
        )
    folder = path.parent
    if path.is_symlink():
        folder = Path(os.path.realpath(path)).parent  # of the file that the link names
    if not folder.is_dir():
        raise UsageError(
            f"{option} {path}: there is no folder {folder}. Create it, or choose another place."
        )
    if not os.access(folder, os.W_OK):
        raise UsageError(
            f"{option} {path}: you have no permission to write in {folder}. Choose another place."
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise UsageError(
            f"{option} {path}: you have no permission to write this file. Choose another name, or "
            "allow it with chmod."
        )


def _is_too_long(path: Path) -> bool:
    """Return whether the name is longer than the system accepts."""
    try:
        path.lstat()
    except OSError as problem:
        return problem.errno == errno.ENAMETOOLONG
    return False
