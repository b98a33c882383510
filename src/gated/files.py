"""Writes files whole or not at all. No other module of the package writes one.

The content goes to a part file in the same folder, which then takes the name of the target. The
writer keeps its part file locked: one that is not locked was left by a process that was killed,
and is removed when the same target is written again.
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

from gated.errors import GatedError

if sys.platform != "win32":
    import fcntl

__all__ = ["append_line", "remove_leftovers", "special_kind", "together", "write_whole"]

_SUFFIX = ".gated-part"
# A name of 255 bytes is the longest that most systems take: a part's name holds this much of it.
_NAME_KEPT = 40
_NOTHING_LEFT = "Nothing was left behind; an earlier file of that name is untouched."
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file under another name in its folder, then rename: whole or not at all.

    An existing file keeps its permissions. Where the path is a symbolic link, the file that it
    leads to is written and the link stays. Inside `together` the renaming waits for its end.

    Raises:
        GatedError: the folder is missing or not writable, the disk is full, or the path leads to
            something that is no ordinary file, such as a device.
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
    """Add a line of text to a file, which is created where there is none.

    Raises:
        GatedError: the folder is missing or not writable, or the disk is full.
    """
    left = "The lines before are untouched."
    with _refusing(path, left), Path(path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@contextmanager
def together() -> Iterator[None]:
    """Rename all files that are written inside the block at its end, in one go.

    A process that is killed while it makes its results leaves the earlier ones. If the block ends
    with an error, none is renamed.

    Raises:
        GatedError: a file could not take its name; the others did.
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
            part.discard()  # nothing where it was renamed
    if failed is not None:
        raise failed


def remove_leftovers(path: str | Path) -> None:
    """Remove the part files of a target that a killed process left in its folder."""
    target = Path(os.path.realpath(path))
    prefix = _prefix(target)
    with suppress(OSError):  # a folder that cannot be listed: the writing itself says why
        for entry in os.scandir(target.parent):
            if entry.name.startswith(prefix) and entry.name.endswith(_SUFFIX):
                _remove_if_left(Path(entry.path))


def special_kind(path: str | Path) -> str | None:
    """What a path leads to, in words; None for an ordinary file and for nothing at all.

    >>> special_kind("."), special_kind("no such file")
    ('a folder', None)
    """
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return None
    return None if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no ordinary file")


@dataclass(frozen=True)
class _Part:
    """A file that is written, and has not taken its name yet.

    Attributes:
        path: where it is.
        target: the name that it is to take.
        file: as long as it is open, it is locked.
    """

    path: Path
    target: Path
    file: BinaryIO

    @classmethod
    def write(cls, target: Path, content: bytes) -> Self:
        """Write all content to a new file beside the target."""
        try:
            earlier = target.stat()
        except FileNotFoundError:
            earlier = None
        # The system itself denies a new file what the user's umask says.
        part = cls._create(target, 0o666 if earlier is None else 0o600)
        try:
            part.file.write(content)
            part.file.flush()
            os.fsync(part.file.fileno())
            if earlier is not None:
                _allow_as(part.file.fileno(), earlier)
        except BaseException:
            part.discard()
            raise
        return part

    @classmethod
    def _create(cls, target: Path, mode: int) -> Self:
        """An empty locked file of an unused name."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        while True:
            path = target.parent / f"{_prefix(target)}{secrets.token_hex(4)}{_SUFFIX}"
            file = os.fdopen(os.open(path, flags, mode), "wb")
            with suppress(BlockingIOError):
                if not _lock(file.fileno()) or path.exists():
                    return cls(path, target, file)
            file.close()  # another process took it for a leftover before it was locked

    def rename(self) -> None:
        """Take the name of the target."""
        try:
            if sys.platform == "win32":  # where an open file cannot be renamed
                self.file.close()
            self.path.replace(self.target)
            self.file.close()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Close and remove the file."""
        with suppress(OSError):  # on a full disk it still holds what could not be written
            self.file.close()
        with suppress(OSError):
            self.path.unlink()


_pending: ContextVar[list[_Part] | None] = ContextVar("pending", default=None)


@contextmanager
def _refusing(path: str | Path, left: str = _NOTHING_LEFT) -> Iterator[None]:
    """Turn the system's error into one that says what was left, and what to do."""
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
    """Lock an open file; False where the system or the disk knows no locks.

    Raises:
        BlockingIOError: another writer or cleaner holds it.
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
    """Remove a part file if no process holds it."""
    with suppress(OSError):
        if sys.platform == "win32":  # where an open file cannot be removed
            path.unlink()
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            if _lock(descriptor):
                path.unlink()
        finally:
            os.close(descriptor)


def _allow_as(descriptor: int, earlier: os.stat_result) -> None:
    """Give an open file the permissions of an earlier one, and its owner where that is allowed."""
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(earlier.st_mode)
    try:
        os.fchown(descriptor, earlier.st_uid, earlier.st_gid)
    except PermissionError:
        try:
            os.fchown(descriptor, -1, earlier.st_gid)
        except PermissionError:
            mode &= ~stat.S_IRWXG  # they were meant for another group
    os.fchmod(descriptor, mode)
