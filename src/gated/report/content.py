"""Defines the content of a report as arrays and text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = [
    "Coverage",
    "LineChart",
    "Report",
    "ReportTable",
    "Series",
    "SeriesForecast",
    "SeriesSource",
]

Times = NDArray[Any]  # datetime64, or int64 where steps are numbered


@dataclass(frozen=True)
class SeriesForecast:
    """One forecast of one series.

    Attributes:
        ds: [h] times.
        median: [h] the line of the forecast: its median, or its mean.
        bands: level in percent to (lower, upper), [h] each.
        competitors: forecasts of other methods by name, [h] each.
    """

    ds: Times
    median: FloatArray
    bands: Mapping[float, tuple[FloatArray, FloatArray]]
    competitors: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """One series and its forecasts.

    Attributes:
        label: its name.
        ds: [T] times, rising.
        y: [T] observed values, in a backtest also those after the cutoffs; NaN where missing.
        forecasts: one, or one for each cutoff.
        figures: short numbers by name, shown next to the label; they can sort the list.
    """

    label: str
    ds: Times
    y: FloatArray
    forecasts: tuple[SeriesForecast, ...]
    figures: Mapping[str, str] = field(default_factory=dict)


class SeriesSource(Protocol):
    """A list of series, or an object that makes each series when it is read."""

    def __len__(self) -> int:
        """Return the number of series."""

    def __getitem__(self, index: int, /) -> Series:
        """Return one of the series."""


@dataclass(frozen=True)
class ReportTable:
    """A small table.

    Attributes:
        title: above the table.
        columns: names; the first column holds text, the others numbers.
        rows: cells; None for an empty cell.
        note: below the table.
        best: whether the lowest number of each column is marked.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    note: str = ""
    best: Literal["lowest", "none"] = "none"


@dataclass(frozen=True)
class LineChart:
    """Lines over a common axis.

    Attributes:
        title, x_label, y_label: text.
        x: [K].
        lines: name to [K].
    """

    title: str
    x_label: str
    y_label: str
    x: FloatArray
    lines: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Coverage:
    """Coverage of intervals: nominal levels, and the actual values they contained, in percent."""

    nominal: tuple[float, ...]
    actual: tuple[float, ...]


@dataclass(frozen=True)
class Report:
    """The content of a page.

    Attributes:
        title: of the page.
        summary: sentences below the title.
        series: to draw, one chart each.
        y_label: name of the values.
        line: name of the forecast's line in the legend.
        tables, line_charts, coverage: accuracy.
        memory: descriptions and weights of the past steps in the season memory, largest first.
        reading: notes on reading the table, one sentence each.
        notes: for the reader of the forecast, one sentence each.
        left_out: label of each series without a forecast, with the reason.
        settings: of the forecast, by name.
    """

    title: str
    summary: tuple[str, ...]
    series: SeriesSource
    y_label: str = ""
    line: str = "forecast"
    tables: tuple[ReportTable, ...] = ()
    line_charts: tuple[LineChart, ...] = ()
    coverage: Coverage | None = None
    memory: tuple[tuple[str, float], ...] = ()
    reading: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
