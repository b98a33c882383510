"""Writes files completely or not at all, and reads whole ones. No other module writes files.

New content is written to a part file in the same folder, which is then renamed to the target. The
writer locks its part file: a part file without a lock belongs to a process that was killed, and
is removed when the same target is written again.
"""

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from gated.errors import DataError, GatedError

if sys.platform != "win32":
    import fcntl

__all__ = [
    "append_line",
    "files_below",
    "read_content",
    "remove_leftovers",
    "special_kind",
    "together",
    "write_whole",
]

_SUFFIX = ".gated-part"
# Most systems allow names of at most 255 bytes: a part's name has this many characters of its
# target's name.
_NAME_KEPT = 40
_NOTHING_LEFT = "Nothing was written; an existing file of that name is unchanged."
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file under another name in its folder, then rename it: completely or not at all.

    An existing file keeps its permissions. If the path is a symbolic link, its target is written
    and the link stays. Inside `together`, files are renamed at the end of the block.

    Raises:
        GatedError: the folder is missing or not writable, the disk is full, or the path is not an
            ordinary file, for example a device.
    """
    with _refusing(path):
        target = Path(os.path.realpath(path))
        _require_ordinary(Path(path), target)
        remove_leftovers(target)
        part = _Part.write(target, content)
        pending = _pending.get()
        if pending is None:
            part.rename()
        else:
            pending.append(part)


def append_line(path: str | Path, line: str) -> None:
    """Append a line of text to a file, or create the file.

    Raises:
        GatedError: the folder is missing or not writable, or the disk is full.
    """
    left = "The existing lines are unchanged."
    with _refusing(path, left), Path(path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@contextmanager
def together() -> Iterator[None]:
    """Rename all files that are written inside the block at its end.

    If the process is killed inside the block, the existing files are unchanged. If the block ends
    with an error, no file is renamed.

    Raises:
        GatedError: a file could not be renamed; the others were.
    """
    parts: list[_Part] = []
    failed: GatedError | None = None
    token = _pending.set(parts)
    try:
        try:
            yield
        finally:
            _pending.reset(token)
        for part in parts:
            try:
                with _refusing(part.target):
                    part.rename()
            except GatedError as error:
                failed = failed or error
    finally:
        for part in parts:
            part.discard()  # does nothing after a successful rename
    if failed is not None:
        raise failed


def remove_leftovers(path: str | Path) -> None:
    """Remove the part files of a target that killed processes left in its folder."""
    target = Path(os.path.realpath(path))
    prefix = _prefix(target)
    with suppress(OSError):  # the folder cannot be listed: writing raises the error
        for entry in os.scandir(target.parent):
            if entry.name.startswith(prefix) and entry.name.endswith(_SUFFIX):
                _remove_if_left(Path(entry.path))


def special_kind(path: str | Path) -> str | None:
    """The kind of a special file ("a folder", "a device", …); None for an ordinary or no file.

    >>> special_kind("."), special_kind("no such file")
    ('a folder', None)
    """
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return None
    return None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no ordinary file")


def read_content(path: str | Path, expected: str, empty: str) -> bytes:
    """Read a file that must have content.

    Args:
        path: of the file.
        expected: the sentence of a message on what was expected.
        empty: the sentence on what to do if the file is empty.

    Raises:
        DataError: it is missing, a folder or another special file, empty, or cannot be read.

    >>> read_content("tune.mid", "Expected a MIDI file.", "Save it again.")
    Traceback (most recent call last):
    gated.errors.DataError: tune.mid: there is no such file. Expected a MIDI file. Check the name.
    """
    try:
        kind = special_kind(path)
        content = Path(path).read_bytes() if kind is None else b""
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file. {expected} Check the name.") from None
    except (OSError, ValueError) as error:  # no permission; an invalid name
        raise DataError(
            f"{path}: cannot be read ({error}). {expected} Check the name and the permissions."
        ) from error
    if kind is not None:
        raise DataError(f"{path}: is {kind}. {expected} Name one file.")
    if not content:
        raise DataError(f"{path}: the file is empty (0 bytes). {expected} {empty}")
    return content


def files_below(folder: str | Path, expected: str) -> list[Path]:
    """All files in a folder and its sub-folders, sorted, without hidden ones.

    Links to folders are not followed: they can lead back to the folder itself.

    Args:
        folder: to search.
        expected: the sentence of a message on what was expected.

    Raises:
        DataError: the folder is missing, no folder, or cannot be listed.
    """
    root = Path(folder)
    if not root.exists():
        raise DataError(f"{folder}: there is no such folder. {expected} Check the name.")
    if not root.is_dir():
        raise DataError(f"{folder}: is not a folder. {expected} Name the folder above the files.")

    def refused(error: OSError) -> None:
        raise DataError(
            f"{error.filename}: cannot be listed ({error.strerror}). {expected} Check the "
            "permissions."
        ) from error

    found: list[Path] = []
    for place, folders, names in os.walk(root, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(found)


@dataclass(frozen=True)
class _Part:
    """A written file that is not renamed to its target yet.

    Attributes:
        path: its current path.
        target: its final path.
        file: the open file; it is locked until it is closed.
    """

    path: Path
    target: Path
    file: BinaryIO

    @classmethod
    def write(cls, target: Path, content: bytes) -> Self:
        """Write all content to a new file in the folder of the target."""
        try:
            existing = target.stat()
        except FileNotFoundError:
            existing = None
        # The system removes the permissions of the user's umask from those of a new file.
        part = cls._create(target, 0o666 if existing is None else 0o600)
        try:
            part.file.write(content)
            part.file.flush()
            os.fsync(part.file.fileno())
            if existing is not None:
                _copy_permissions(part.file.fileno(), existing)
        except BaseException:
            part.discard()
            raise
        return part

    @classmethod
    def _create(cls, target: Path, mode: int) -> Self:
        """Create an empty locked file with an unused name."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        while True:
            path = target.parent / f"{_prefix(target)}{secrets.token_hex(4)}{_SUFFIX}"
            file = os.fdopen(os.open(path, flags, mode), "wb")
            with suppress(BlockingIOError):
                if not _lock(file.fileno()) or path.exists():
                    return cls(path, target, file)
            file.close()  # another process removed it as a leftover before it was locked

    def rename(self) -> None:
        """Rename the file to its target."""
        try:
            if sys.platform == "win32":  # Windows cannot rename an open file
                self.file.close()
            self.path.replace(self.target)
            self.file.close()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Close and remove the file."""
        with suppress(OSError):  # on a full disk, closing cannot flush the buffer
            self.file.close()
        with suppress(OSError):
            self.path.unlink()


_pending: ContextVar[list[_Part] | None] = ContextVar("pending", default=None)


@contextmanager
def _refusing(path: str | Path, left: str = _NOTHING_LEFT) -> Iterator[None]:
    """Convert an OSError to an error that describes the remaining files and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise GatedError(
            f"{path}: cannot be written: {reason}. {left} Choose another place or free some space."
        ) from error


def _require_ordinary(path: Path, target: Path) -> None:
    kind = special_kind(target)
    if kind is not None:
        raise GatedError(
            f"{path}: is {kind}. Expected the name of a file, which may exist. Choose another name."
        )
    if target.exists() and not os.access(target, os.W_OK):
        raise GatedError(
            f"{path}: is a file that you have no permission to write. Choose another name, or "
            "allow it with chmod."
        )


def _prefix(target: Path) -> str:
    return f".{target.name[:_NAME_KEPT]}."


def _lock(descriptor: int) -> bool:
    """Lock an open file; False if the system or the disk does not support locks.

    Raises:
        BlockingIOError: another process has locked it.
    """
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True


def _remove_if_left(path: Path) -> None:
    """Remove a part file if no process has locked it."""
    with suppress(OSError):
        if sys.platform == "win32":  # Windows cannot remove an open file
            path.unlink()
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            if _lock(descriptor):
                path.unlink()
        finally:
            os.close(descriptor)


def _copy_permissions(descriptor: int, existing: os.stat_result) -> None:
    """Give an open file the permissions of an existing one, and its owner if that is allowed."""
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(existing.st_mode)
    try:
        os.fchown(descriptor, existing.st_uid, existing.st_gid)
    except PermissionError:
        try:
            os.fchown(descriptor, -1, existing.st_gid)
        except PermissionError:
            mode &= ~stat.S_IRWXG  # these permissions were for another group
    os.fchmod(descriptor, mode)
