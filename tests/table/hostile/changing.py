"""Changes a file while another process reads it."""

import os
import random
from collections.abc import Callable
from pathlib import Path

__all__ = ["CHANGES", "Change", "change_at_opening"]

Change = Callable[[Path, bytes, random.Random], None]
"""Changes a file; it is given the content that the file had, and a source of random numbers."""


def _truncate(path: Path, content: bytes, rng: random.Random) -> None:
    os.truncate(path, rng.choice((0, 1, len(content) // 2, max(0, len(content) - 1))))


def _append(path: Path, content: bytes, rng: random.Random) -> None:
    with path.open("ab") as file:
        file.write(content[rng.randrange(len(content)) :] * rng.choice((1, 3)))


def _append_half_a_row(path: Path, content: bytes, rng: random.Random) -> None:
    with path.open("ab") as file:
        file.write(content[-rng.randrange(5, 25) : -3])


def _replace(path: Path, content: bytes, rng: random.Random) -> None:
    other = path.with_name("~" + path.name)
    other.write_bytes(content[: rng.randrange(len(content))])
    other.replace(path)


def _rewrite(path: Path, content: bytes, rng: random.Random) -> None:
    with path.open("r+b") as file:
        file.seek(rng.randrange(len(content)))
        file.write(rng.randbytes(rng.choice((1, 100, len(content)))))


def _rewrite_shorter(path: Path, content: bytes, rng: random.Random) -> None:
    path.write_bytes(content[: len(content) // 2])


def _other_kind(path: Path, content: bytes, rng: random.Random) -> None:
    path.write_bytes(
        rng.choice((b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"a;b\n1;2\n", b"\0" * 99))
    )


def _remove(path: Path, content: bytes, rng: random.Random) -> None:
    path.unlink(missing_ok=True)


def _folder(path: Path, content: bytes, rng: random.Random) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


CHANGES: tuple[Change, ...] = (
    _truncate, _truncate, _append, _append_half_a_row, _replace, _rewrite, _rewrite_shorter,
    _other_kind, _remove, _folder,
)  # fmt: skip


def change_at_opening(path: Path, number: int, change: Callable[[], None]) -> None:
    """Call `change` in this process before a file is opened for the `number`th time."""
    opened = 0
    usual = Path.open

    def counting(self: Path, *args: object, **kwargs: object) -> object:
        nonlocal opened
        if self == path:
            opened += 1
            if opened == number:
                change()
        return usual(self, *args, **kwargs)  # type: ignore[call-overload]

    Path.open = counting  # type: ignore[method-assign, assignment]
