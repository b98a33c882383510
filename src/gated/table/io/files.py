"""Reads a file of any kind as columns: its first bytes decide the kind, then its suffix."""

import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from gated.errors import DataError, UsageError
from gated.table.io.databases.read import read_database_file
from gated.table.io.delimited import read_delimited
from gated.table.io.kinds.arrow_files import read_arrow
from gated.table.io.kinds.loaded import (
    HEAD_BYTES,
    Loaded,
    MemoryFile,
    TableFile,
    first_bytes,
    frame_of,
    loaded_table,
)
from gated.table.io.kinds.monash import is_monash, read_monash
from gated.table.io.kinds.nested import has_nested, plain_columns
from gated.table.io.kinds.packed import GzippedText, read_bounded, unpack, zip_member, zip_names
from gated.table.io.kinds.signatures import DESCRIPTIONS, FileKind, is_text, kind_of_bytes
from gated.table.io.kinds.sktime import is_sktime, read_sktime
from gated.table.io.parquet import open_parquet
from gated.table.io.suffixes import (
    ARROW_SUFFIXES,
    JSON_SUFFIXES,
    PACKED_SUFFIXES,
    PARQUET_SUFFIXES,
    PRINTED_SUFFIXES,
    SHEET_SUFFIXES,
    TEXT_SUFFIXES,
    has_own_program,
    not_supported,
    plain_name,
    suffix_of,
)
from gated.table.io.table_file import file_state
from gated.table.io.text.programs.all_programs import MOST_BYTES, is_of_program, program_rows
from gated.text import listed, option

__all__ = ["load_file", "twins"]

LONGEST_NAME = 10_000  # characters of a column's name
_DEEPEST = 3  # files packed in each other: a zip of a .csv.gz
_PACKED: tuple[FileKind, ...] = ("gzip", "bz2", "xz", "zstd")
_DATABASES: tuple[FileKind, ...] = ("sqlite", "duckdb")
_ARROW: tuple[FileKind, ...] = ("arrow", "arrow_stream", "old_feather")
# Kinds that are not read, by the suffix that names the way to CSV.
_FOREIGN: dict[FileKind, str] = {
    "hdf5": ".h5",
    "stata": ".dta",
    "spss": ".sav",
    "r": ".rds",
    "pdf": ".pdf",
}
# Files whose names show what a zip archive is.
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_DOCUMENTS = {"Index/Document.iwa": ".numbers", "word/document.xml": ".docx"}
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "parquet": PARQUET_SUFFIXES,
    "arrow": ARROW_SUFFIXES,
    "json": JSON_SUFFIXES,
    "sheet": SHEET_SUFFIXES,
    "zip": (".zip",),
    "text": TEXT_SUFFIXES,
}


def load_file(
    file: TableFile, part: str | None = None, *, can_choose: bool = True, depth: int = 0
) -> Loaded:
    """Read a file of any kind.

    Args:
        file: the file.
        part: the sheet of a spreadsheet, the file of an archive, the field of a JSON document, or
            the table of a database.
        can_choose: whether the caller's user can give `part`, for messages.
        depth: how many archives the file is in.

    Raises:
        DataError: the file is damaged, not a table, or of another type.
        UsageError: `part` does not exist or does not apply, or a library is not installed.
    """
    if depth > _DEEPEST:
        raise DataError(f"{file.name}: more than {_DEEPEST} archives in each other. Unpack them.")
    before = file_state(file) if isinstance(file, Path) else None
    try:
        loaded = _load(file, part, can_choose, depth)
        after = file_state(file) if isinstance(file, Path) else None
    except OSError as problem:  # it was removed, or became a folder, after it was found
        raise DataError(f"{file.name}: the file cannot be read ({problem.strerror}).") from problem
    except MemoryError as problem:
        raise DataError(
            f"{file.name}: the table needs more memory than there is. Save it as Parquet, which "
            "is read by column, or forecast it in parts."
        ) from problem
    if before != after:
        raise DataError(
            f"{file.name}: the file changed while it was read. Read it again when it is "
            "completely written, or read a copy of it."
        )
    names = loaded.frame.columns
    longest = max(map(len, names), default=0)
    if longest > LONGEST_NAME:
        raise DataError(
            f"{file.name}: the name of a column has {longest:,} characters. Expected at most "
            f"{LONGEST_NAME:,}: the first row may be no row of names, or a quote may be missing."
        )
    if len(set(names)) < len(names):
        raise twins(f"{file.name}: ", names)
    return loaded


def twins(prefix: str, names: Sequence[str]) -> DataError:
    """The error for columns of the same name."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    several = f"{prefix}several" if prefix else "Several"
    return DataError(
        f"{several} columns have the same name: {listed(twice)}. Expected a different name for "
        "each column."
    )


def _load(file: TableFile, part: str | None, can_choose: bool, depth: int) -> Loaded:
    kind = kind_of_bytes(first_bytes(file))
    if kind in _PACKED or file.name.lower().endswith(PACKED_SUFFIXES):
        return _packed(file, kind, part, can_choose, depth)
    if kind == "zip":
        return _zip(file, part, can_choose, depth)
    return _plain(file, kind, part, can_choose)


def _plain(file: TableFile, kind: FileKind | None, part: str | None, can_choose: bool) -> Loaded:
    """Read a file that is not an archive."""
    suffix = suffix_of(file.name)
    if kind == "ole" or (kind is None and suffix in SHEET_SUFFIXES and not _may_be_text(file)):
        return _sheet(file, part, can_choose, "an Excel workbook")
    if kind == "json" or (kind is None and suffix in JSON_SUFFIXES):
        from gated.table.io.kinds.json.text import read_json  # few files are JSON

        return _noted(read_json(file, part, can_choose=can_choose), "json", "JSON")
    if kind in _DATABASES:
        return read_database_file(file, None, part, can_choose=can_choose)
    if part is not None:
        raise UsageError(
            f"{option('sheet', part)} names a sheet of a spreadsheet, a file of an archive, a "
            f"field of a JSON document or a table of a database, and {file.name} is none of "
            "these. Leave it out."
        )
    if kind == "parquet" or (kind is None and suffix in PARQUET_SUFFIXES):
        return _noted(_parquet(file), "parquet", DESCRIPTIONS["parquet"])
    if kind in _ARROW or (kind is None and suffix in ARROW_SUFFIXES):
        return _noted(read_arrow(file, kind or "arrow"), "arrow", "an Arrow file")
    if kind in ("html", "xml"):
        raise DataError(
            f"{file.name}: the content is {DESCRIPTIONS[kind]}, not a table in a supported "
            "format; some programs write it into files named .xls. Open it in a spreadsheet "
            "program, and save the table as .xlsx or CSV."
        )
    if kind is not None:
        raise DataError(not_supported(file.name, _FOREIGN[kind]))
    if (archive := _archive(file)) is not None:
        return archive
    if suffix in TEXT_SUFFIXES or (_may_be_text(file) and suffix in ("", *SHEET_SUFFIXES)):
        return _noted(_text(file), "text", "delimited text")
    if _may_be_text(file) and not has_own_program(suffix):
        return _text_of_any_name(file, suffix)
    raise DataError(not_supported(file.name, suffix))


def _archive(file: TableFile) -> Loaded | None:
    """Read a file of an archive of time series; None if it is none."""
    head = first_bytes(file)
    if is_monash(head):
        return read_monash(file)
    return read_sktime(file) if is_sktime(head) else None


def _sheet(file: TableFile, part: str | None, can_choose: bool, description: str) -> Loaded:
    from gated.table.io.kinds.sheets import read_sheet  # few files are spreadsheets

    return _noted(read_sheet(file, part, can_choose=can_choose), "sheet", description)


def _parquet(file: TableFile) -> Loaded:
    """Open a Parquet file; one with nested columns or repeated names is read as a whole."""
    content = file.content if isinstance(file, MemoryFile) else None
    columns = open_parquet(cast(Path, file), content)
    nested = has_nested(columns.arrow_schema)
    if not nested and len(set(columns.columns)) == len(columns.columns):
        return Loaded(columns, name=file.name)
    table = columns.as_written()
    table, notes = plain_columns(table) if nested else (table, ())
    return loaded_table(table, file.name, notes)


def _text_of_any_name(file: TableFile, suffix: str) -> Loaded:
    """Read text under the suffix of some program, such as .rdb or .lvm, if it has columns."""
    if suffix in PRINTED_SUFFIXES:
        return _text(file)
    try:
        loaded = _text(file)
    except DataError as problem:
        raise DataError(not_supported(file.name, suffix)) from problem
    if len(loaded.frame.columns) < 2:
        raise DataError(not_supported(file.name, suffix))
    return _noted(loaded, "text", "delimited text")


def _may_be_text(file: TableFile) -> bool:
    head = first_bytes(file)
    return is_text(head) and not head.startswith(b"PK")


def _as_rows(file: TableFile | GzippedText) -> tuple[TableFile | GzippedText, tuple[str, ...]]:
    """What a program printed as rows of cells, with notes; any other file as it is."""
    if isinstance(file, GzippedText) or not is_of_program(first_bytes(file)):
        return file, ()
    with file.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return file, ()
    rows = program_rows(content.decode(errors="replace"), file.name)
    if rows is None:
        return file, ()
    return MemoryFile(file.name, rows.text.encode()), rows.notes


def _text(file: TableFile | GzippedText) -> Loaded:
    # A file in memory has the members of a path that the reader uses.
    file, notes = _as_rows(file)
    text = read_delimited(cast(Path, file))
    return Loaded(
        frame_of(text.table),
        name=file.name,
        is_text=True,
        decimal_comma=text.delimiter != ",",
        open_comma=text.delimiter not in (",", ";"),
        notes=(*notes, *text.notes),
        file_row=text.file_row,
        repeated=text.repeated,
    )


def _noted(loaded: Loaded, kind: str, description: str) -> Loaded:
    """Add a note if the suffix is that of another kind."""
    suffix = suffix_of(loaded.name.partition(", sheet ")[0])
    if not suffix or suffix in _SUFFIXES[kind]:
        return loaded
    note = f"The name ends in {suffix}, but the content is {description}; it was read as that."
    return replace(loaded, notes=(note, *loaded.notes))


def _packed(
    file: TableFile, kind: FileKind | None, part: str | None, can_choose: bool, depth: int
) -> Loaded:
    """Read a packed file, or one whose name only says that it is packed."""
    is_named_so = file.name.lower().endswith(PACKED_SUFFIXES)
    if part is None and isinstance(file, Path) and _is_gzipped_text(file, kind):
        return _text(GzippedText(file))
    if kind in _PACKED:
        inner = unpack(file, kind)
        if not inner.content:
            raise DataError(f"{file.name}: the file is empty: it has no rows.")
        loaded = load_file(inner, part, can_choose=can_choose, depth=depth + 1)
        loaded = replace(loaded, name=loaded.name.replace(inner.name, file.name, 1))
        note = f"The content is {DESCRIPTIONS[kind]}; it was unpacked."
        return loaded if is_named_so else replace(loaded, notes=(note, *loaded.notes))
    if kind is None and not is_text(first_bytes(file)):
        raise DataError(f"{file.name}: the file is damaged or not packed as its name says.")
    with file.open("rb") as stream:
        content = read_bounded(stream, file.name, "Give the file a name without that suffix.")
    plain = MemoryFile(plain_name(file.name), content)
    loaded = load_file(plain, part, can_choose=can_choose, depth=depth + 1)
    note = "The name is that of a packed file, but the file is not packed; it was read as it is."
    return replace(loaded, name=file.name, notes=(note, *loaded.notes))


def _is_gzipped_text(path: Path, kind: FileKind | None) -> bool:
    """Whether a file named .gz holds delimited text; a damaged one may."""
    is_named_so = path.suffix.lower() == ".gz" and suffix_of(path.name) in ("", *TEXT_SUFFIXES)
    if kind != "gzip" or not is_named_so:
        return False
    try:
        with gzip.open(path, "rb") as stream:
            head = stream.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error):
        return suffix_of(path.name) in TEXT_SUFFIXES
    return kind_of_bytes(head) is None


def _zip(file: TableFile, part: str | None, can_choose: bool, depth: int) -> Loaded:
    """Read a zip archive: a spreadsheet is one, too."""
    names = zip_names(file)
    if any(name in names for name in _WORKBOOKS) or {"mimetype", "content.xml"} <= set(names):
        return _sheet(file, part, can_choose, "a spreadsheet")
    for name, suffix in _DOCUMENTS.items():
        if name in names:
            raise DataError(not_supported(file.name, suffix))
    member, was_named = zip_member(file, names, part, can_choose=can_choose)
    inner = None if was_named else part
    loaded = load_file(member, inner, can_choose=can_choose, depth=depth + 1)
    files = sum(not name.endswith("/") for name in names)
    reason = "" if was_named or files == 1 else f", the only table of {files} files"
    note = f"The table is the file `{member.name.removeprefix(file.name + '/')}`{reason}."
    return replace(loaded, notes=(note, *loaded.notes))
