"""Writes text, numbers and tables as HTML; no text can become markup."""

import html
import re
from collections.abc import Sequence
from typing import TypeGuard

from gated.report.content import ReportTable
from gated.text import tabular

__all__ = ["bullets", "figure", "prose", "table_markup", "text"]

_WIDE = 7  # columns; on paper, a wider table needs smaller letters


def text(words: object) -> str:
    """Return text, escaped for HTML."""
    return html.escape(str(words))


def prose(words: object) -> str:
    """Return escaped text in which names in backticks are code, and percent signs do not wrap.

    >>> prose("`<b`: 80 % covered.")
    '<code>&lt;b</code>: 80\\xa0% covered.'
    """
    named = re.sub(r"`([^`]+)`", r"<code>\1</code>", text(words))
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", named)


def figure(cell: object) -> str:
    """Write a cell: a number with three or four digits, or escaped text.

    >>> figure(12.345), figure("<b>")
    ('12.3', '&lt;b&gt;')
    """
    if not _is_number(cell):
        return text(cell)
    return tabular(float(cell))


def table_markup(table: ReportTable, *, sortable: bool = True) -> str:
    """Write a table with its title and note; the script lets the columns be sorted."""
    columns = list(zip(*table.rows, strict=True)) if table.rows else []
    lowest = [_lowest(column) for column in columns]
    rows = []
    for row in table.rows:
        cells = [f'<th scope="row">{text(row[0])}</th>']
        for column, cell in enumerate(row[1:], start=1):
            is_best = table.best == "lowest" and cell is not None and cell == lowest[column]
            value = f' data-value="{float(cell)!r}"' if _is_number(cell) else ""
            shown = "–" if cell is None else figure(cell)
            cells.append(f"<td{' class=best' if is_best else ''}{value}>{shown}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(f'<th scope="col">{text(name)}</th>' for name in table.columns)
    note = f'<p class="note">{prose(table.note)}</p>' if table.note else ""
    kind = "sortable" if sortable else "fixed"
    kind += " wide" if len(table.columns) > _WIDE else ""
    return (
        f'<section><h2>{text(table.title)}</h2><div class="scroll"><table class="{kind}"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}</section>"
    )


def bullets(title: str, sentences: Sequence[str]) -> str:
    """Write a titled list of sentences; nothing without sentences."""
    if not sentences:
        return ""
    items = "".join(f"<li>{prose(sentence)}</li>" for sentence in sentences)
    return f"<section><h2>{text(title)}</h2><ul>{items}</ul></section>"


def _is_number(cell: object) -> TypeGuard[int | float]:
    return isinstance(cell, int | float)


def _lowest(column: Sequence[object]) -> float | None:
    return min((float(cell) for cell in column if _is_number(cell)), default=None)
