"""Recognises the kind of a file from its first bytes, because a suffix may be wrong."""

import codecs
import re
from typing import Literal

__all__ = ["DESCRIPTIONS", "FileKind", "is_text", "kind_of_bytes"]

FileKind = Literal[
    "parquet", "arrow", "arrow_stream", "zip", "ole", "gzip", "bz2", "xz", "zstd", "json",
    "html", "xml", "sqlite", "duckdb", "hdf5", "stata", "spss", "r", "pdf", "old_feather",
]  # fmt: skip

_SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow_stream"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),  # an archive without files
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),  # .xls, and .xlsx with a password
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"<stata_dta>", "stata"),
    (b"$FL2", "spss"),
    (b"RDX", "r"),
    (b"%PDF", "pdf"),
    (b"FEA1", "old_feather"),
)
DESCRIPTIONS: dict[FileKind, str] = {
    "parquet": "a Parquet file",
    "arrow": "an Arrow file",
    "arrow_stream": "an Arrow stream",
    "zip": "a zip archive",
    "ole": "an Excel workbook",
    "gzip": "a gzip file",
    "bz2": "a bzip2 file",
    "xz": "an xz file",
    "zstd": "a Zstandard file",
    "json": "JSON",
    "html": "an HTML page",
    "xml": "XML",
    "sqlite": "an SQLite database",
    "duckdb": "a DuckDB database",
    "hdf5": "an HDF5 file",
    "stata": "a Stata file",
    "spss": "an SPSS file",
    "r": "an R file",
    "pdf": "a PDF document",
    "old_feather": "a Feather file of version 1",
}
_DUCKDB, _DUCKDB_AT = b"DUCK", 8  # after a checksum
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta|div)\b", re.IGNORECASE)
# A line of text may begin with a bracket too ("[kW]", "[2024-01-01]"), so the second mark decides.
_JSON = re.compile(rb"\[\s*[\[{\]]|\{\s*[\"}]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kind_of_bytes(head: bytes) -> FileKind | None:
    """The kind of a file from its first bytes; None for other text and unknown files.

    >>> kind_of_bytes(b"PAR1..."), kind_of_bytes(b'[{"y": 1}]'), kind_of_bytes(b"ds,y")
    ('parquet', 'json', None)
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[_DUCKDB_AT:].startswith(_DUCKDB) and b"\0" in head[:64]:
        return "duckdb"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _JSON.match(text):
        return "json"
    if text[:5] == b"<?xml":
        return "html" if _HTML.search(text[:500]) else "xml"
    return "html" if _HTML.match(text) else None


def is_text(head: bytes) -> bool:
    """Whether the first bytes may be text.

    >>> is_text(b"ds;y"), is_text(bytes(8))
    (True, False)
    """
    return head.startswith(_UTF16) or b"\0" not in head
