"""Changes the content of a file as broken disks, broken programs and attackers do."""

import bz2
import gzip
import io
import lzma
import random
import struct
import zipfile
from collections.abc import Callable

__all__ = ["WAYS", "damaged"]

_HUGE_CELL = 300_000  # characters
_DEPTH = 100_000  # brackets in each other
_ENCODINGS = (
    "utf-16", "utf-16-be", "utf-32", "cp037", "shift_jis", "gb18030", "koi8-r", "utf-7"
)  # fmt: skip
_HOSTILE_CELLS = (
    "1e400", "-1e-400", "9" * 400, "NaN", "inf", "-inf", "\x1b[2J", "\u202e", "=1+1", "0x1p3",
    "1_000", "2024-02-30", "0000-00-00", "9999-99-99", "-999", "١٢٣", "\ud7ff", "\u0000", '"', "'",
    '""', ",,,,", "1970-01-01T00:00:00+99:99", "2262-04-12", "1677-09-20", "12:60", "24:00", "true",
    "null", "[" * 50, "{" * 50, "<a>" * 50, "%s%n", "../../etc/passwd", "1,234.5.6", "1.234,5,6",
    "--5", "5-", "(",
)  # fmt: skip
_LENGTHS = (0, 1, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)

Way = Callable[[bytearray, random.Random], None]


def damaged(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The content with one to three changes, and their names; archives may be changed inside."""
    inside = _repack(content, rng) if rng.random() < 0.5 else None
    changed = bytearray(content if inside is None else inside[0])
    names = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        way = rng.choice(WAYS)
        way(changed, rng)
        names.append(way.__name__.strip("_"))
    result = bytes(changed)
    return (result if inside is None else inside[1](result)), " + ".join(names)


def _place(changed: bytearray, rng: random.Random) -> int:
    return rng.randrange(len(changed)) if changed else 0


def _flipped_bits(changed: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 5, 100))):
        if changed:
            changed[_place(changed, rng)] ^= 1 << rng.randrange(8)


def _cut(changed: bytearray, rng: random.Random) -> None:
    del changed[_place(changed, rng) :]


def _cut_begin(changed: bytearray, rng: random.Random) -> None:
    del changed[: _place(changed, rng)]


def _zeros(changed: bytearray, rng: random.Random) -> None:
    at = _place(changed, rng)
    changed[at:at] = bytes(rng.choice((1, 3, 512, 70_000)))


def _overwritten(changed: bytearray, rng: random.Random) -> None:
    at, size = _place(changed, rng), rng.choice((1, 4, 64, 4096))
    changed[at : at + size] = rng.randbytes(size)


def _repeated(changed: bytearray, rng: random.Random) -> None:
    at = _place(changed, rng)
    chunk = bytes(changed[at : at + rng.choice((1, 10, 200, 5000))])
    changed[at:at] = chunk * rng.choice((1, 3, 50, 2000))


def _swapped_lines(changed: bytearray, rng: random.Random) -> None:
    lines = changed.split(b"\n")
    for _ in range(rng.choice((1, 5))):
        a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    changed[:] = b"\n".join(lines)


def _dropped_bytes(changed: bytearray, rng: random.Random) -> None:
    at = _place(changed, rng)
    del changed[at : at + rng.choice((1, 2, 7, 60, 1000))]


def _wrong_encoding(changed: bytearray, rng: random.Random) -> None:
    text = changed.decode("utf-8", errors="replace")
    changed[:] = text.encode(rng.choice(_ENCODINGS), errors="replace")


def _huge_cell(changed: bytearray, rng: random.Random) -> None:
    at = _place(changed, rng)
    changed[at:at] = rng.choice((b"9", b"a", b" ", b'"', b",", b"\n", b"\xc3\xa9")) * _HUGE_CELL


def _deep(changed: bytearray, rng: random.Random) -> None:
    at = rng.choice((0, _place(changed, rng)))
    changed[at:at] = rng.choice((b"[", b'{"a":', b"(", b"<a>", b'[{"a":')) * _DEPTH


def _hostile_cell(changed: bytearray, rng: random.Random) -> None:
    signs = [at for at, sign in enumerate(changed) if sign in b',;\t\n":']
    for _ in range(rng.choice((1, 3, 30))):
        at = rng.choice(signs) + 1 if signs else 0
        changed[at:at] = rng.choice(_HOSTILE_CELLS).encode("utf-8", errors="replace")


def _hostile_length(changed: bytearray, rng: random.Random) -> None:
    at, form = _place(changed, rng), rng.choice(("<I", ">I", "<Q", "<H"))
    value = rng.choice(_LENGTHS) & (256 ** struct.calcsize(form) - 1)
    changed[at : at + struct.calcsize(form)] = struct.pack(form, value)


def _mixed_lines(changed: bytearray, rng: random.Random) -> None:
    lines = bytes(changed).split(b"\n")
    rng.shuffle(lines)
    changed[:] = rng.choice((b"\n", b"\r", b"\r\n", b"\n\n", b"\x0b", b"\x85")).join(lines)


WAYS: tuple[Way, ...] = (
    _flipped_bits, _cut, _cut_begin, _zeros, _overwritten, _repeated, _swapped_lines,
    _dropped_bytes, _wrong_encoding, _huge_cell, _deep, _hostile_cell, _hostile_cell,
    _hostile_length, _mixed_lines,
)  # fmt: skip


def _repack(content: bytes, rng: random.Random) -> tuple[bytes, Callable[[bytes], bytes]] | None:
    """What is packed in an archive, and how it is packed again; None for other files."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content), lambda inner: gzip.compress(inner, mtime=0)
    if content.startswith(b"BZh"):
        return bz2.decompress(content), bz2.compress
    if content.startswith(b"\xfd7zXZ"):
        return lzma.decompress(content), lzma.compress
    if not content.startswith(b"PK"):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    chosen = rng.choice(sorted(files))

    def packed(inner: bytes) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, one in (files | {chosen: inner}).items():
                archive.writestr(name, one)
        return sink.getvalue()

    return files[chosen], packed
