"""Tells apart the first rows of a table: titles, comments, the rows of the header, and data.

The data decide: the first row whose cells have the kinds of the rows below it (dates under dates,
numbers under numbers) is data, and the rows of words directly above it are the header.
"""

from collections.abc import Sequence

from gated.table.io.rows.cell_kinds import CellKind, cell_kind, column_kinds
from gated.table.io.rows.footer import TOTAL
from gated.table.io.rows.width import GIVEN_SEPARATOR, usual_width

__all__ = ["COMMENT_CHARACTERS", "REMARKS", "TopRows"]

COMMENT_MARKS = ("#", "//", "%", ";", "!")
COMMENT_CHARACTERS = "#/%;!"
RULE_SIGNS = frozenset("-=_+|–—")
MOST_HEADER_ROWS = 4
REMARKS = frozenset({"comment", "comments", "remark", "remarks", "bemerkung"})
LOOK_COLUMNS = 50  # columns whose kinds are looked at; a table may have thousands
VALUES = frozenset({"date", "number"})
MOST_DATED_ABOVE = 3  # more rows with dates above the header are a table of their own


class TopRows:
    """The first rows of a table, and the kinds of its columns.

    Args:
        rows: the cells of the rows; an empty line has no cells, or empty ones.
    """

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows
        self.filled = [
            index
            for index, row in enumerate(rows)
            if any(cell.strip() for cell in row) and not (index == 0 and _names_separator(row))
        ]
        # Titles stand at the top: the second half of the rows shows the width of the table.
        lower = [rows[index] for index in self.filled[len(self.filled) // 2 :]]
        lower = [row for row in lower if not _is_total(row)] or lower
        self.width = usual_width(lower)
        wide = [row[:LOOK_COLUMNS] for row in lower if len(row) == self.width]
        self.kinds = column_kinds(wide, min(self.width, LOOK_COLUMNS))
        self.values = [column for column, kind in enumerate(self.kinds) if kind in VALUES]
        self.times = [column for column, kind in enumerate(self.kinds) if kind == "date"]
        fitting = (i for i in self.filled if self.fits(i) and not self._is_merged_above_names(i))
        timed = (index for index in fitting if self._has_time(index))
        self._first = next(timed if self.times else fitting, None)

    def fits(self, index: int) -> bool:
        """Whether the cells of a row have the kinds of their columns.

        A row of another length may be data only if it has a time.
        """
        row = self.rows[index]
        if not self.values or (len(row) != self.width and not self._time_fits(index)):
            return False
        kinds = {column: cell_kind(row[column]) for column in self.values if column < len(row)}
        filled = {column: kind for column, kind in kinds.items() if kind != "missing"}
        return bool(filled) and all(kind == self.kinds[column] for column, kind in filled.items())

    def first_row_of_data(self) -> int:
        """The first row of data of a table without a header."""
        if self._first is None:
            wide = (index for index in self.filled if len(self.rows[index]) == self.width)
            return next(wide, self.filled[0] if self.filled else 0)
        above = [index for index in self.filled if index < self._first]
        damaged = (
            index
            for index in above
            if not self.is_comment(index) and len(self.rows[index]) == self.width
            if self._kinds(index) & VALUES
        )
        return next(damaged, self._first)

    def header_rows(self) -> list[int]:
        """The rows of the header, from top to bottom; none if there is no header."""
        if self._first is None:
            return []
        above = [index for index in self.filled if index < self._first]
        plain = [index for index in above if not self.is_comment(index)]
        if plain and self._is_one_of_several_facts(plain[-1]):
            return []
        words = [index for index in plain if self._is_words(index)]
        exact = [index for index in words if len(self.rows[index]) == self.width]
        if exact or words:
            run = [words[-1] if self._has_name_of_remarks(words[-1]) else (exact or words)[-1]]
            length = len(self.rows[run[0]])
            while (
                len(run) < MOST_HEADER_ROWS
                and run[0] - 1 in words
                and len(self.rows[run[0] - 1]) == length
            ):
                run.insert(0, run[0] - 1)
            if len(run) < MOST_HEADER_ROWS and self._tells_apart(run[0] - 1, run[0]):
                run.insert(0, run[0] - 1)
            return run
        while len(above) > 1 and self._heads_section(above[-1]):
            above.pop()
        if above and self._is_unnamed_index(above[-1]):
            return [above[-1]]
        if above and (self._is_named_by_numbers(above[-1]) or self._is_header_comment(above[-1])):
            return [above[-1]]
        return []

    def words_below(self, header: int) -> list[int]:
        """The row below the header, if it is one of another length: of units, or of totals."""
        below = [index for index in self.filled if header < index < (self._first or 0)]
        if below and len(below) <= MOST_HEADER_ROWS and all(map(self._is_no_data, below)):
            return below
        if len(below) != 1 or len(self.rows[below[0]]) == self.width:
            return []
        row = self.rows[below[0]]
        if len(row) <= self.width + 1 and any(TOTAL.fullmatch(cell.strip()) for cell in row):
            return below
        kinds = {cell_kind(cell) for cell in row}
        return below if "label" in kinds and not kinds & VALUES else []

    def _is_no_data(self, index: int) -> bool:
        """Whether a row is a line drawn of dashes, or has words without a digit as its time."""
        row = self.rows[index]
        if all(set(cell.strip()) <= RULE_SIGNS for cell in row):
            return True
        if not self.times or len(row) <= self.times[0]:
            return False
        cell = row[self.times[0]].strip()
        return bool(cell) and not any(sign.isdigit() for sign in cell)

    def is_data(self, index: int) -> bool:
        """Whether a row is data: all numbers, or a date, numbers and words as in the rows below.

        Without dates, the row is data if one of its words stands again below: no name of a column
        is one of its cells.

        pandas writes 0, 1, 2, … as the names of unnamed columns: such a row is a header.
        """
        row = [cell.strip() for cell in self.rows[index]]
        while row and not row[-1]:  # a separator at the end of each row
            row.pop()
        if all(cell_kind(cell) == "number" for cell in row[:LOOK_COLUMNS]):
            return row != [str(position) for position in range(len(row))]
        return self.fits(index) and (bool(self.times) or self._repeats_below(index))

    def is_comment(self, index: int) -> bool:
        """Whether a row begins with the mark of a comment; `#` alone may name the row numbers."""
        row = self.rows[index]
        first = row[0].strip() if row else ""
        has_text = first.strip(COMMENT_CHARACTERS) != ""
        return first.startswith(COMMENT_MARKS) and (has_text or len(row) != self.width)

    def skipped(self, first: int) -> list[int]:
        """The rows above `first` that have text; Excel's line on the separator is none of them."""
        return [index for index in self.filled if index < first]

    def has_table_above(self, first: int) -> bool:
        """Whether the rows above `first` are another table, with dates in its first column."""
        dated = [
            index
            for index in self.skipped(first)
            if not self.is_comment(index) and cell_kind(self.rows[index][0]) == "date"
        ]
        return len(dated) > MOST_DATED_ABOVE

    def _repeats_below(self, index: int) -> bool:
        """Whether a word of a row stands again in its column, in a row below."""
        below = [self.rows[other] for other in self.filled if other > index]
        return any(
            cell_kind(cell) == "label"
            and any(column < len(row) and row[column].strip() == cell.strip() for row in below)
            for column, cell in enumerate(self.rows[index][:LOOK_COLUMNS])
        )

    def _kinds(self, index: int) -> set[CellKind]:
        row = self.rows[index]
        return {cell_kind(row[column]) for column in self.values if column < len(row)}

    def _time_fits(self, index: int) -> bool:
        row = self.rows[index]
        near = abs(len(row) - self.width) <= 1 and len(row) >= min(self.width, 2)
        return near and any(
            column < len(row) and cell_kind(row[column]) == "date" for column in self.times
        )

    def _is_words(self, index: int) -> bool:
        """Whether a row has words, and no number or date, where the data have numbers and dates.

        It may have one cell fewer than the data, as R writes it. One cell above a column of dates
        and another column is a title, and so are several words.
        """
        row = self.rows[index]
        if len(row) == 1 < self.width and (self.times or " " in row[0].strip()):
            return False
        if abs(len(row) - self.width) > 1 or (len(row) != self.width and len(row) < 2 < self.width):
            return False
        kinds = self._kinds(index)
        return "label" in kinds and not kinds & VALUES

    def _heads_section(self, index: int) -> bool:
        """Whether a row has only the name of a section, above a row of names: "Income,,,"."""
        row = self.rows[index]
        is_name = bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])
        return is_name and self.width > 2 and any(map(self._names_times, range(index)))

    def _names_times(self, index: int) -> bool:
        """Whether a row has a time in most of its cells, as names of columns."""
        row = self.rows[index]
        kinds = [cell_kind(cell) for cell in row[:LOOK_COLUMNS]]
        return len(row) == self.width and kinds.count("date") > len(kinds) / 2

    def _has_name_of_remarks(self, index: int) -> bool:
        """Whether a row names one column more, of remarks that no row has, as LabVIEW writes it."""
        row = [cell.strip() for cell in self.rows[index]]
        return len(row) == self.width + 1 and row[-1].casefold() in REMARKS and all(row)

    def _is_merged_above_names(self, index: int) -> bool:
        """Whether a row of numbers, such as years, has fewer cells than the names below it."""
        if index + 1 >= len(self.rows) or not self._is_words(index + 1):
            return False
        upper, lower = (
            [cell for cell in self.rows[at] if cell.strip()] for at in (index, index + 1)
        )
        return len(upper) < len(lower) > len(set(lower))

    def _tells_apart(self, upper: int, lower: int) -> bool:
        """Whether names repeat, as Q1 to Q4, and the row above has a number or date for each.

        In a merged cell the number stands above the first of its names only.
        """
        names = [cell.strip() for cell in self.rows[lower] if cell.strip()]
        if upper < 0 or len(set(names)) == len(names) or len(self.rows[upper]) != self.width:
            return False
        pairs = zip(self.rows[upper], self.rows[lower], strict=False)
        above = [cell.strip() for cell, name in pairs if name.strip()]
        if above[0] in names or (len(above) < len(names) and cell_kind(above[0]) not in VALUES):
            return False
        if cell_kind(above[0]) not in VALUES:  # a name of the first column in either row
            above = above[1:]
        return bool(above[:1] and above[0]) and all(
            cell_kind(cell) in VALUES for cell in above if cell
        )

    def _has_time(self, index: int) -> bool:
        row = self.rows[index]
        return any(cell_kind(row[column]) == "date" for column in self.times if column < len(row))

    def _is_one_of_several_facts(self, index: int) -> bool:
        """Whether a row begins as the row above it: "station,id,39" and "station,name,Kew"."""
        begin, above = self.rows[index][0].strip(), self.rows[index - 1] if index else []
        return begin != "" and bool(above) and above[0].strip() == begin

    def _is_unnamed_index(self, index: int) -> bool:
        """Whether a row has no name for the times, and 0, 1, … for the others, as pandas writes."""
        row = [cell.strip() for cell in self.rows[index]]
        return (
            self.times[:1] == [0]
            and len(row) == self.width > 1
            and row == ["", *map(str, range(len(row) - 1))]
        )

    def _is_named_by_numbers(self, index: int) -> bool:
        """Whether a row may be a header with numbers among its names, such as years."""
        row = self.rows[index]
        if self.is_comment(index) or len(row) != self.width or cell_kind(row[0]) in VALUES:
            return False
        has_time = any(cell_kind(row[column]) == "date" for column in self.times)
        return not has_time and any(cell_kind(cell) == "label" for cell in row[:LOOK_COLUMNS])

    def _is_header_comment(self, index: int) -> bool:
        """Whether a comment has as many words as the table has columns, as numpy writes them."""
        row = [cell for cell in self.rows[index] if cell.strip()]
        if len(row) >= 2 and all(cell.strip().startswith("#") for cell in row):
            return len(row) in (self.width, self.width - 1)
        names = row if row and row[0].strip(COMMENT_CHARACTERS + " ") else row[1:]
        return (
            self.is_comment(index)
            and len(names) == self.width > 1
            and all(cell_kind(cell) == "label" for cell in names[:LOOK_COLUMNS])
        )


def _is_total(row: Sequence[str]) -> bool:
    """Whether a row has the name of a total, and is empty elsewhere but for numbers."""
    filled = [cell for cell in row if cell.strip()]
    has_name = TOTAL.fullmatch(filled[0].strip()) is not None
    return has_name and 1 < len(row) != len(filled)


def _names_separator(row: Sequence[str]) -> bool:
    """Whether a row is the line on the separator that Excel writes: sep=;"""
    return GIVEN_SEPARATOR.match(",".join(row) + "\n") is not None
