"""Shows a forecast on a terminal: a chart and a short table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console

from gated.arrays import FloatArray
from gated.cli.console.text_columns import print_columns, short_label
from gated.cli.output.columns import Columns
from gated.cli.output.encoding import records
from gated.plot.terminal.fan_chart import FanChart, fan_chart, sparkline
from gated.table import Table
from gated.table.time.grid import Instants
from gated.text import aligned, counted, shown_times

__all__ = ["ForecastChart", "print_rows"]


_SERIES_SHOWN = 8
_ROWS_SHOWN = 7
_SPARK_WIDTH = 16
_WIDE = 80  # characters in a line of a usual terminal


@dataclass(frozen=True)
class ForecastChart:
    """A forecast and its past.

    Attributes:
        table: the past.
        frame: the forecast, `h` rows for each series, in the order of the table's series.
        h: the number of steps forecast.
        level: the interval to draw, in percent; None for no interval.
        line: the column to draw.
    """

    table: Table
    frame: Any
    h: int
    level: float | None
    line: str = "gated"

    def show(self, console: Console) -> None:
        """Print the first series' chart, then its next rows, or one row for each series."""
        label = str(self.table.ids[0])
        first = f" (the first of {self.table.n_series:,} series)" if self.table.n_series > 1 else ""
        height = int(np.clip(console.height - 16, 6, 18))
        console.print(self.chart(0, height=height, title=label + first))
        console.print()
        if self.table.n_series == 1:
            self._show_rows(console)
        else:
            self._show_series(console)

    def chart(self, index: int, *, height: int, title: str = "", **options: Any) -> FanChart:
        """Draw one series; `options` as of `gated.plot.terminal.fan_chart.fan_chart`."""
        begin, end = self.table.offsets[index : index + 2]
        recent = max(2 * self.h, 2 * self.table.frequency.season_length)
        begin = max(begin, end - recent)
        lower = upper = None
        if self.level is not None:
            lower = self._column(f"gated-lo-{self.level:g}")[index]
            upper = self._column(f"gated-hi-{self.level:g}")[index]
            options["level"] = self.level
        last = self.table.frequency.future(self.table.last_ds[index : index + 1], self.h)[0, -1]
        return fan_chart(
            self.table.y[begin:end],
            self._column(self.line)[index],
            lower,
            upper,
            height=height,
            title=title,
            x_labels=self._x_labels(np.array([*self.table.ds[[begin, end - 1]], last])),
            **options,
        )

    def _x_labels(self, ds: Instants) -> tuple[str, str, str]:
        """The first and last time of the past and the last one ahead, in the table's own zone."""
        first, last, ahead = shown_times(self.table.local(ds))
        zone = self.table.schema.time_zone
        return first, last, f"{ahead} ({zone})" if zone else ahead

    def _column(self, column: str) -> FloatArray:
        """Return a column of the forecast, [N, h]."""
        rows = self.table.n_series * self.h  # series without a past come after them
        values = Columns.of(self.frame).floats(column)[:rows]
        return values.reshape(self.table.n_series, self.h)

    def _show_rows(self, console: Console) -> None:
        print_rows(console, Columns.of(self.frame).without(self.table.schema.id_col), left=1)

    def _show_series(self, console: Console) -> None:
        ascii_only = console.options.ascii_only
        shown = range(min(_SERIES_SHOWN, self.table.n_series))
        forecast, expected = self._column(self.line), self._column("gated-mean")
        past = [self._recent(index) for index in shown]
        width = _SPARK_WIDTH if console.width >= _WIDE else _SPARK_WIDTH // 2
        means = aligned([_mean(y) for y in (*past, *expected[: len(shown)])])
        content = [
            [short_label(self.table.ids[index]) for index in shown],
            [sparkline(y, width=width, ascii_only=ascii_only) for y in past],
            [sparkline(forecast[i], width=width, ascii_only=ascii_only) for i in shown],
            means[: len(shown)],
            means[len(shown) :],
        ]
        heads = ["series", "past", "forecast", "past mean", "forecast mean"]
        print_columns(
            console,
            heads,
            content,
            left=3,
            hidden_rows=_counted(self.table.n_series - len(shown), "series", "series"),
            written_by="--out",
        )

    def _recent(self, index: int) -> FloatArray:
        begin, end = self.table.offsets[index : index + 2]
        recent = max(self.h, self.table.frequency.season_length)
        return self.table.y[max(begin, end - recent) : end]


def print_rows(console: Console, frame: Any, left: int = 3) -> None:
    """Print the first rows of a frame; its first `left` columns are labels and times."""
    columns = Columns.of(frame)
    shown = columns.head(_ROWS_SHOWN)
    rows = records(shown)
    content = [[str(row[name]) for row in rows] for name in shown.names[:left]]
    content += [aligned(shown.floats(name).tolist()) for name in shown.names[left:]]
    print_columns(
        console,
        shown.names,
        content,
        left=left,
        hidden_rows=_counted(len(columns) - len(rows), "row"),
        written_by="--out",
    )


def _counted(number: int, noun: str, plural: str | None = None) -> str:
    return counted(number, noun, plural) if number > 0 else ""


def _mean(values: FloatArray) -> float:
    observed = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        return float(observed.mean()) if len(observed) else float("nan")
