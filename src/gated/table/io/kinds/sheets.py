"""Reads a sheet of a spreadsheet (.xlsx, .xlsm, .xlsb, .xls, .ods) with python-calamine.

Cells keep their values: dates are dates, numbers have all digits, whatever their format shows.
"""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from gated.errors import DataError, UsageError
from gated.table.io.kinds.loaded import Loaded, TableFile, frame_of
from gated.table.io.kinds.packed import DAMAGED
from gated.table.io.kinds.sheet_layout import SheetLayout, find_layout
from gated.table.io.kinds.typed import typed_column
from gated.text import counted, did_you_mean, listed, option

__all__ = ["read_sheet", "rows_to_columns"]

# A sheet is kept as a rectangle from its first cell to its last: one cell far away needs much
# memory.
MOST_CELLS = 50_000_000
MOST_BYTES = 1 << 30  # of the unpacked sheets
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_CHUNK = 1 << 22
_LEAST_ROWS = 2  # of a table, when it is searched among several sheets

Cells = list[list[Any]]


@dataclass(frozen=True)
class _Sheet:
    name: str
    is_visible: bool
    rows: Cells
    layout: SheetLayout | None
    filled: int  # cells below the first one of a merged range, which got its value

    @property
    def is_table(self) -> bool:
        """Whether there are rows of data with a column of numbers."""
        if self.layout is None or len(self.layout.rows) < _LEAST_ROWS:
            return False
        return any(
            sum(isinstance(self.rows[row][column], int | float) for row in self.layout.rows) * 2
            > len(self.layout.rows)
            for column in self.layout.columns
        )


def read_sheet(file: TableFile, sheet: str | None, *, can_choose: bool = True) -> Loaded:
    """Read one sheet of a spreadsheet.

    Args:
        file: the file.
        sheet: name of the sheet; by default the only one that holds a table.
        can_choose: whether the caller's user can name a sheet, for the message.

    Raises:
        DataError: the file is damaged, has a password, or several sheets hold a table.
        UsageError: there is no such sheet.
    """
    try:
        _check_size(file)
    except DAMAGED as problem:
        raise DataError(f"{file.name}: the file is damaged or cut short ({problem}).") from problem
    found = _open(file, sheet)
    names = [one.name for one in found]
    chosen, notes = _choose(file.name, found, sheet, can_choose=can_choose)
    layout = chosen.layout
    if layout is None:
        raise DataError(f"{file.name}: the sheet `{chosen.name}` is empty.")
    if chosen.filled:
        notes.append(
            f"{counted(chosen.filled, 'cell')} of merged ranges got the value of the range."
        )
    return Loaded(
        frame_of(rows_to_columns(chosen.rows, layout)),
        name=file.name if len(names) == 1 else f"{file.name}, sheet {chosen.name}",
        notes=(*notes, *layout.notes),
        file_row=lambda row: layout.rows[row] + 1,
        repeated=layout.repeated,
    )


def rows_to_columns(rows: Sequence[Sequence[object]], layout: SheetLayout) -> pa.Table:
    """The rows of a table in a sheet as typed columns; a column of several types is text."""
    columns = [
        typed_column([rows[row][position] for row in layout.rows]) for position in layout.columns
    ]
    return pa.table(dict(zip(layout.names, columns, strict=True)))


def _open(file: TableFile, sheet: str | None) -> list[_Sheet]:
    """The sheets that can hold the table: the named one, or all of them."""
    import python_calamine as calamine

    try:
        with file.open("rb") as stream:
            book = calamine.CalamineWorkbook.from_filelike(stream)
            names = [one.name for one in book.sheets_metadata if _is_worksheet(one)]
            if sheet is not None and sheet not in names:
                raise _no_sheet(file.name, sheet, names)
            visible = {
                one.name
                for one in book.sheets_metadata
                if one.visible == calamine.SheetVisibleEnum.Visible
            }
            return [
                _read(file.name, book.get_sheet_by_name(name), is_visible=name in visible)
                if sheet in (None, name)
                else _Sheet(name, name in visible, [], None, 0)
                for name in names
            ]
    except calamine.PasswordError as problem:
        raise DataError(
            f"{file.name}: the workbook has a password. Save it without one, or save the sheet "
            "as CSV."
        ) from problem
    except (calamine.CalamineError, *DAMAGED, ValueError) as problem:
        if isinstance(problem, DataError | UsageError):
            raise
        reason = (str(problem).strip().splitlines() or ["no reason"])[0].rstrip(".")
        raise DataError(
            f"{file.name}: the file is damaged or not a spreadsheet ({reason})."
        ) from problem


def _is_worksheet(metadata: Any) -> bool:
    return str(metadata.typ).endswith("WorkSheet")  # else a chart, a dialogue or macros


def _read(file: str, sheet: Any, *, is_visible: bool) -> _Sheet:
    rows = [[_value(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    filled = _fill_merged(rows, sheet.merged_cell_ranges or ())
    return _Sheet(sheet.name, is_visible, rows, find_layout(rows, file), filled)


def _value(cell: Any) -> Any:
    """A cell's value; None where it is empty, or a formula has an error."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    return cell


def _fill_merged(rows: Cells, ranges: Sequence[Any]) -> int:
    """Write the value of a merged range into the cells of its first column; return their number.

    Ranges over columns of one row are titles and groups of columns: they stay as they are.
    """
    filled = 0
    for (top, left), (bottom, _) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
            continue
        for row in rows[top + 1 : bottom + 1]:
            if row[left] is None:
                row[left] = rows[top][left]
                filled += 1
    return filled


def _choose(
    file: str, sheets: list[_Sheet], sheet: str | None, *, can_choose: bool
) -> tuple[_Sheet, list[str]]:
    if sheet is not None:
        return next(one for one in sheets if one.name == sheet), []
    if not sheets:
        raise DataError(f"{file}: the workbook has no sheet of cells.")
    if len(sheets) == 1:
        return sheets[0], []
    seen = [one for one in sheets if one.is_visible]
    tables = [one for one in seen if one.is_table] or [one for one in seen if one.layout]
    hidden = [one.name for one in sheets if not one.is_visible]
    if len(tables) == 1:
        also = f" Hidden sheets were not read: {listed(hidden)}." if hidden else ""
        reason = f"the only one of {len(sheets)} sheets that holds a table"
        return tables[0], [f"sheet: `{tables[0].name}`, {reason}.{also}"]
    if not tables:
        also = f" The hidden sheets {listed(hidden)} were not read." if hidden else ""
        raise DataError(f"{file}: no visible sheet holds a table.{also}")
    names = listed(one.name for one in tables)
    what = (
        f"Name one with {option('sheet')}."
        if can_choose
        else "Expected one. Save the sheet as a file of its own."
    )
    raise DataError(f"{file}: several sheets hold a table: {names}. {what}")


def _no_sheet(file: str, sheet: str, names: list[str]) -> UsageError:
    return UsageError(
        f"{file}: there is no sheet `{sheet}` ({option('sheet')}).{did_you_mean(sheet, names)} "
        f"The sheets are {listed(names)}."
    )


def _check_size(file: TableFile) -> None:
    """Raise an error for a workbook that is too large in memory, before it is read."""
    with file.open("rb") as stream:
        if not zipfile.is_zipfile(stream):
            return  # .xls: at most 65,536 rows of 256 cells
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MOST_BYTES:
                raise DataError(
                    f"{file.name}: the workbook has {size:,} bytes when it is unpacked. Expected "
                    f"at most {MOST_BYTES:,}. Save the sheet as CSV."
                )
            for part in parts:
                if re.match(r"xl/worksheets/[^/]*\.xml$", part.filename):
                    _check_extent(file.name, archive, part)


def _check_extent(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    rows, columns, rest = 0, 0, b""
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            for letters, digits in _CELL.findall(rest + chunk):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
            rest = chunk[-20:]  # a cell's name may be cut
    if rows * columns > MOST_CELLS:
        raise DataError(
            f"{name}: a sheet has {rows:,} rows and {columns:,} columns up to its last cell. "
            f"Expected at most {MOST_CELLS:,} cells. Delete the cells far from the table, or save "
            "the sheet as CSV."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
