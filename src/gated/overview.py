"""Formats an overview of an object: a title, the first rows of its table and a few sentences.

`Forecast`, `Backtest` and `Table` are printed this way, as text and as HTML in notebooks.
"""

import html
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from gated.text import aligned, columns_of_text, counted, printable, shown_times

__all__ = ["FIRST_ROWS", "Overview", "Overviewed", "not_shown"]

FIRST_ROWS = 5
"""Number of table rows in an overview."""

_LONGEST_CELL = 40  # characters


@dataclass(frozen=True)
class Overview:
    """The content of an overview.

    Attributes:
        title: kind and size of the object.
        columns: maps a name to its cells (numbers, times or labels); all have one length.
        sentences: text below the rows.

    >>> print(Overview("Sales of 2 shops.", {"shop": ["north", "b"], "y": [1234.0, 7.0]}, ("Ok.",)))
    Sales of 2 shops.
    shop       y
    north  1,234
    b          7
    Ok.
    """

    title: str
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Format as plain text."""
        rows = columns_of_text(self._heads, self._content, left=self._labels)
        return "\n".join((self.title, *rows, *self.sentences))

    def to_html(self) -> str:
        """Format as HTML; every name and value is escaped."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self._heads)
        rows = "".join(
            f"<tr>{''.join(self._table_cell(place, cell) for place, cell in enumerate(row))}</tr>"
            for row in zip(*self._content, strict=True)
        )
        table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        below = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)
        title = f"<p><strong>{html.escape(self.title)}</strong></p>"
        # The class is that of pandas' frames, so that notebooks show both in one style.
        return f'<div>{title}<table class="dataframe">{table}</table>{below}</div>'

    def _table_cell(self, place: int, cell: str) -> str:
        side = "left" if place < self._labels else "right"
        return f'<td style="text-align: {side}">{html.escape(cell)}</td>'

    @property
    def _heads(self) -> list[str]:
        return [_label(name) for name in self.columns]

    @property
    def _content(self) -> list[list[str]]:
        """The cells of every column as text."""
        return [
            aligned(cells) if _are_numbers(cells) else [_label(text) for text in shown_times(cells)]
            for cells in self.columns.values()
        ]

    @property
    def _labels(self) -> int:
        """Number of first columns with labels or times, which are left-aligned."""
        return len(list(takewhile(lambda cells: not _are_numbers(cells), self.columns.values())))


class Overviewed(ABC):
    """An object that prints its overview instead of its arrays."""

    @property
    @abstractmethod
    def _title(self) -> str:
        """Kind and size of the object, in one sentence."""

    @abstractmethod
    def _overview(self) -> Overview:
        """The overview that `print` shows."""

    def __repr__(self) -> str:
        return f"<{self._title.removesuffix('.')}>"

    def __str__(self) -> str:
        return str(self._overview())

    def _repr_html_(self) -> str:
        """The HTML that a notebook shows."""
        return self._overview().to_html()


def not_shown(rows: int, where: str = "") -> tuple[str, ...]:
    """A sentence on the number of rows that are not shown; none if all are shown.

    >>> not_shown(1734, ".frame"), not_shown(0)
    (('and 1,734 more rows in .frame',), ())
    """
    if not rows:
        return ()
    return (f"and {counted(rows, 'more row')}{where and f' in {where}'}",)


def _are_numbers(cells: Sequence[Any]) -> bool:
    return all(isinstance(cell, float) for cell in cells)


def _label(label: str) -> str:
    """A label without line breaks and other control characters, shortened."""
    text = printable(label)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
