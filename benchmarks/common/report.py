"""The report of a benchmark: tables of figures for the terminal, the same figures as JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

__all__ = ["Column", "Report", "Row", "Sheet", "Spread", "Value", "spread"]

_WIDTH_WITHOUT_TERMINAL = 160
_MIN_WIDTH = 80  # so that the caption fills few lines


@dataclass(frozen=True)
class Spread:
    """Median, lowest and highest value of one figure over several runs."""

    median: float
    low: float
    high: float


Value: TypeAlias = str | int | float | Spread | None
"""A cell of a table; None and NaN mean "not known"."""

Row: TypeAlias = dict[str, Value]
"""A row of a table: key of the column to cell; a missing key means "not known"."""


def spread(runs: Sequence[float]) -> float | Spread:
    """The value of one run, or the `Spread` of several.

    >>> spread([0.5]), spread([3.0, 1.0, 2.0])
    (0.5, Spread(median=2.0, low=1.0, high=3.0))
    """
    if len(runs) == 1:
        return runs[0]
    return Spread(median(runs), min(runs), max(runs))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name in JSON and in a `Row`.
        title: its name in the terminal.
        digits: decimals of its numbers.
    """

    key: str
    title: str
    digits: int = 3

    def show(self, value: Value) -> str:
        """A cell as text.

        >>> Column("mase", "MASE").show(Spread(0.75, 0.7, 0.8))
        '0.750\\n0.700..0.800'
        """
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "–"
        if isinstance(value, str):
            return value
        if isinstance(value, Spread):
            middle, low, high = map(self.show, (value.median, value.low, value.high))
            return middle if middle == "–" else f"{middle}\n{low}..{high}"
        return f"{value:,}" if isinstance(value, int) else f"{value:,.{self.digits}f}"


@dataclass(frozen=True)
class Sheet:
    """One table of figures.

    Attributes:
        key: its name in JSON.
        title: what the figures are, and whether lower or higher is better.
        columns: the first contains the names of the rows.
        rows: key of a column to cell; a missing key means "not known".
        ours: names of the rows that are printed in bold.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Value]]
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Report:
    """The result of one benchmark.

    Attributes:
        benchmark: its name.
        facts: what was measured: data, cut, horizon …
        machine: from `benchmarks.common.measure.machine`.
        sheets: the tables, ratios first.
        notes: one sentence each.
    """

    benchmark: str
    facts: Mapping[str, str | int | bool]
    machine: Mapping[str, str | int | float]
    sheets: Sequence[Sheet]
    notes: Sequence[str] = field(default=())

    def to_json(self) -> str:
        """Return JSON; a cell is a number, a text, null, or an object with median, low, high."""
        content = {
            "benchmark": self.benchmark,
            **self.facts,
            "machine": dict(self.machine),
            **{sheet.key: [_json_row(row) for row in sheet.rows] for sheet in self.sheets},
            "notes": list(self.notes),
        }
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)

    def show(self) -> None:
        """Print to the terminal."""
        console = Console(highlight=False, markup=False)
        if not console.is_terminal:
            console = Console(highlight=False, markup=False, width=_WIDTH_WITHOUT_TERMINAL)
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        console.print(f"{self.benchmark}: {facts}")
        caption = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        for sheet in self.sheets:
            console.print(_table(sheet, caption))
        for note in self.notes:
            console.print(f"· {note}")


def _table(sheet: Sheet, caption: str) -> Table:
    table = Table(
        title=sheet.title,
        caption=caption,
        title_justify="left",
        caption_justify="left",
        min_width=_MIN_WIDTH,
    )
    for number, column in enumerate(sheet.columns):
        is_text = all(isinstance(row.get(column.key), str | None) for row in sheet.rows)
        table.add_column(column.title, justify="left" if is_text or number == 0 else "right")
    for row in sheet.rows:
        cells = [column.show(row.get(column.key)) for column in sheet.columns]
        table.add_row(*cells, style="bold" if cells[0] in sheet.ours else None)
    return table


def _json_row(row: Mapping[str, Value]) -> dict[str, object]:
    return {key: _json_value(value) for key, value in row.items()}


def _json_value(value: Value) -> object:
    if isinstance(value, Spread):
        runs = {"median": value.median, "low": value.low, "high": value.high}
        return {name: _json_value(run) for name, run in runs.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
