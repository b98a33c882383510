"""Defines the content of a report as arrays and text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "Coverage",
    "Gates",
    "Headline",
    "LineChart",
    "Memory",
    "OverviewColumn",
    "Report",
    "ReportTable",
    "Series",
    "SeriesForecast",
    "SeriesSource",
    "Zone",
]

Times = NDArray[Any]  # datetime64, or int64 where steps are numbered


@dataclass(frozen=True)
class SeriesForecast:
    """One forecast of one series.

    Attributes:
        ds: [h] times.
        point: [h] the point forecast, which is drawn as a line.
        bands: level in percent to (lower, upper), [h] each.
        competitors: forecasts of other methods by name, [h] each.
        closed: [h] whether each step is closed; None if none is.
    """

    ds: Times
    point: FloatArray
    bands: Mapping[float, tuple[FloatArray, FloatArray]]
    competitors: Mapping[str, FloatArray] = field(default_factory=dict)
    closed: BoolArray | None = None


@dataclass(frozen=True)
class Series:
    """One series and its forecasts.

    Attributes:
        label: its name.
        ds: [T] times, rising.
        y: [T] observed values, in a backtest also those after the cutoffs; NaN where missing.
        forecasts: one, or one for each cutoff.
        point_name: which number the point forecast is: "median" or "mean".
    """

    label: str
    ds: Times
    y: FloatArray
    forecasts: tuple[SeriesForecast, ...]
    point_name: str = "median"


class SeriesSource(Protocol):
    """A list of series, or an object that makes each series when it is read."""

    def __len__(self) -> int:
        """Return the number of series."""

    def __getitem__(self, index: int, /) -> Series:
        """Return one of the series."""


@dataclass(frozen=True)
class OverviewColumn:
    """A column of the overview of all series.

    Attributes:
        name: of the column.
        values: [N], one for each series; NaN for an empty cell.
        kind: "amount" in the unit of the values; "change" for a share that is written with its
            sign (0.12 as +12 %); "ratio" for an error.
    """

    name: str
    values: FloatArray
    kind: Literal["amount", "change", "ratio"] = "amount"


@dataclass(frozen=True)
class Headline:
    """The most important number, above all else.

    Attributes:
        label: what it is.
        figure: the number as text.
        words: its interval in words.
        compared: what it is compared with: (name, number, difference), as text.
    """

    label: str
    figure: str
    words: str = ""
    compared: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Zone:
    """The time zone in which all times are written; times of the report are in UTC.

    Attributes:
        name: of the zone.
        since: [K] datetime64 in UTC, rising: from when on each offset holds.
        offsets: [K] seconds by which the wall clock is ahead of UTC.
    """

    name: str
    since: Times
    offsets: IntArray


@dataclass(frozen=True)
class ReportTable:
    """A small table.

    Attributes:
        title: above the table.
        columns: names; the first column holds text, the others numbers.
        rows: cells; None for an empty cell. Numbers that are given as text are not formatted.
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
class Gates:
    """What a recurrence kept while it read the past of one series.

    Attributes:
        svg: a picture of the values and of the gates over time, readable on light and dark pages.
        sentences: about the picture.
        half_lives: (class, share) of the units, the shortest first.
    """

    svg: str
    sentences: tuple[str, ...]
    half_lives: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Memory:
    """What the forecast remembered: what moved it away from the mean of the past.

    Attributes:
        of: of which series, in words.
        shares: (driver, share), largest first.
        sentences: with the forecast of some steps as sums.
        weights: the weight of past values by their distance.
        gates: of one of the series; None where they are not shown.
    """

    of: str
    shares: tuple[tuple[str, float], ...]
    sentences: tuple[str, ...]
    weights: LineChart
    gates: Gates | None = None


@dataclass(frozen=True)
class Report:
    """The content of a page.

    Attributes:
        title: of the page.
        summary: sentences below the headline.
        series: to draw, one chart each.
        y_label: name of the values.
        headline: the most important number.
        totals: small tables of totals, next to each other.
        overview: columns of the overview, which lists all series.
        sort_by: the column by which the overview is sorted at first, the largest value on top;
            its first series is drawn first. The order of `series` if it is empty.
        has_total: whether the first series is the total of the others; it stays on top.
        first_view: steps of the past that a chart shows at first; 0 for a few horizons.
        zone: in which times are written; None for times without a zone.
        drivers: what the forecast depends on, one sentence each.
        events: (dates, what happens), closed days and holidays among the steps ahead.
        tables, line_charts, coverage: accuracy.
        memory: what the forecast remembered.
        reading: notes on reading the table, one sentence each.
        notes: for the reader of the forecast, one sentence each.
        left_out: label of each series without a forecast, with the reason.
        settings: of the forecast, by name.
    """

    title: str
    summary: tuple[str, ...]
    series: SeriesSource
    y_label: str = ""
    headline: Headline | None = None
    totals: tuple[ReportTable, ...] = ()
    overview: tuple[OverviewColumn, ...] = ()
    sort_by: str = ""
    has_total: bool = False
    first_view: int = 0
    zone: Zone | None = None
    drivers: tuple[str, ...] = ()
    events: tuple[tuple[str, str], ...] = ()
    tables: tuple[ReportTable, ...] = ()
    line_charts: tuple[LineChart, ...] = ()
    coverage: Coverage | None = None
    memory: Memory | None = None
    reading: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
