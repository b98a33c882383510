"""Finds rows below the data: totals, notes on the source, and empty rows.

It works on rows of cells, so that it serves text files and sheets. A row is data if its cell in a
column of dates looks like a date, even a mistyped one: such a row is never left out.
"""

import re
from collections.abc import Sequence

from gated.table.io.rows.cell_kinds import CellKind, cell_kind, is_date_word
from gated.text import counted

__all__ = ["MOST_FOOTER_ROWS", "footer_length", "footer_note"]

MOST_FOOTER_ROWS = 50
SHOWN_CHARACTERS = 60
LONG_WORD = 4  # letters of a word that is no mistyped part of a date
WORD = re.compile(r"[^\W\d_]+")
NOTE_MARK = re.compile(r"[*#(©†‡\[/]|--|__|==|\d\)")
RULE = re.compile(r"[-=_+|–—]{3,}")  # a line drawn below the data
# psql, SQL*Plus and sqlcmd write the number of rows below them.
ROW_COUNT = re.compile(r"\(?\d[\d,.]* rows?(?: selected| affected| in set.*)?\.?\)?", re.I)
END_MARK = re.compile(r"\$\w+\$")  # WinCC ends a log by $RT_OFF$
TOTAL = re.compile(
    r"(?:sub|grand|column)?[\s-]*(?:total\w*|sum|sums|summe\w*|gesamt\w*|insgesamt|somme|suma|soma|"
    r"totaal|totalt|average|avg|mean|median|mittel\w*|durchschnitt\w*|moyenne|media|média|promedio|"
    r"gennemsnitt?|gjennomsnitt|medel\w*|count|min|max|minimum|maximum|std|合计|总计|平均|合計|итого|всего)"
    r"\b.*",
    re.I,
)


def footer_length(rows: Sequence[Sequence[str]], kinds: Sequence[CellKind]) -> int:
    """How many of the last rows of a table are no data.

    Args:
        rows: the last rows, in order.
        kinds: the kind of the cells above them, for each of the first columns.

    >>> rows = [["2024-01-01", "5"], ["2024-01-02", "6"], ["Total", "11"], ["Source: internal"]]
    >>> footer_length(rows, ["date", "number"])
    2
    >>> footer_length([["2024-01-01", "5"], ["2024-13-02", "6"]], ["date", "number"])
    0
    """
    length = 0
    for row in reversed(rows[-MOST_FOOTER_ROWS:]):
        is_lowest = not any(cell.strip() for later in rows[len(rows) - length :] for cell in later)
        if not _is_footer(row, kinds) and not (is_lowest and _is_bare_total(row, kinds)):
            break
        length += 1
    return length


def footer_note(rows: Sequence[Sequence[str]], first_number: int) -> str:
    """The note on rows that were left out.

    >>> footer_note([["Total", "11"]], 4)
    "Row 4 at the end is no data and was left out: 'Total 11'."
    """
    texts = [" ".join(cell.strip() for cell in row if cell.strip()) for row in rows]
    text = next((text for text in texts if text), "")
    shown = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    what = f": {shown!r}" if shown else "; it is empty" if len(rows) == 1 else "; they are empty"
    if len(rows) == 1:
        return f"Row {first_number} at the end is no data and was left out{what}."
    rows_text = counted(len(rows), "row")
    return (
        f"{rows_text} at the end, from row {first_number} on, are no data and were left out{what}."
    )


def _is_footer(row: Sequence[str], kinds: Sequence[CellKind]) -> bool:
    cells = [cell.strip() for cell in row]
    filled = [cell for cell in cells if cell]
    is_rule = len(filled) == 1 and RULE.fullmatch(filled[0])
    if not filled or is_rule or END_MARK.fullmatch(filled[0]):
        return True
    if ROW_COUNT.fullmatch(" ".join(filled)):
        return True
    deciding = [column for column, kind in enumerate(kinds) if kind == "date"][:1]
    if not deciding and kinds and kinds[0] == "number":
        deciding = [0]
    if not deciding:
        is_note = len(filled) == 1 < len(kinds) and _is_note(filled[0])
        return is_note or (1 < len(cells) < len(kinds) and _has_word_for_number(cells, kinds))
    column = deciding[0]
    cell = cells[column] if column < len(cells) else ""
    if cell_kind(cell) in ("date", "number"):
        return False
    if cell_kind(cell) == "missing":  # the total or the note stands in a column before it
        first = filled[0]
        if first.startswith("#"):
            return True
        if len(cells) <= column and any(_is_note(cell) for cell in filled):
            return True
        is_alone = len(filled) == 1 and cell_kind(first) == "label" and len(cells) != len(kinds)
        return TOTAL.fullmatch(first) is not None or (is_alone and _is_note(first))
    if len(kinds) == 1:
        return TOTAL.fullmatch(cell) is not None or NOTE_MARK.match(cell) is not None
    return TOTAL.fullmatch(cell) is not None or _is_note(cell)


def _is_bare_total(row: Sequence[str], kinds: Sequence[CellKind]) -> bool:
    """Whether a row has numbers, but no time: a total without a name, as below many exports."""
    cells = [cell.strip() for cell in row]
    if "date" not in kinds or len(cells) != len(kinds) or cells[kinds.index("date")]:
        return False
    return {cell_kind(cell) for cell in cells} == {"missing", "number"}


def _has_word_for_number(cells: Sequence[str], kinds: Sequence[CellKind]) -> bool:
    """Whether a row has words where the table has numbers, as another table below it."""
    pairs = [(cell_kind(cell), kind) for cell, kind in zip(cells, kinds, strict=False)]
    return any(found == "label" and kind == "number" for found, kind in pairs)


def _is_note(text: str) -> bool:
    """Whether a text is a note, and not a date or a number with a typing error."""
    if NOTE_MARK.match(text):
        return True
    words = WORD.findall(text)
    if not any(char.isdigit() for char in text):
        return bool(words)
    return any(len(word) >= LONG_WORD and not is_date_word(word.casefold()) for word in words)
