"""What a report says, as plain arrays and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = ["Ahead", "Coverage", "Curves", "Report", "Series", "SeriesSource", "Sheet"]

Times = NDArray[Any]  # datetime64, or int64 where steps are numbered


@dataclass(frozen=True)
class Ahead:
    """One forecast of one series.

    Attributes:
        ds: [h] times.
        median: [h].
        bands: level in percent to (lower, upper), [h] each.
        beside: other methods' forecasts by name, [h] each.
    """

    ds: Times
    median: FloatArray
    bands: Mapping[float, tuple[FloatArray, FloatArray]]
    beside: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """One series and its forecasts.

    Attributes:
        label: its name.
        ds: [T] times, rising.
        y: [T] all that is known, in a backtest also what came after the cutoffs; NaN where not
            observed.
        ahead: one forecast, or one a cutoff.
        facts: short figures by name, shown beside the label; the list can be sorted by them.
    """

    label: str
    ds: Times
    y: FloatArray
    ahead: tuple[Ahead, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


class SeriesSource(Protocol):
    """Series that are asked for one by one: a list, or something that makes them on the way."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, index: int, /) -> Series:
        """One of them."""


@dataclass(frozen=True)
class Sheet:
    """A small table.

    Attributes:
        title: above it.
        columns: the first is of words, the others of numbers.
        rows: cells; None where there is nothing.
        note: below it.
        best: whether the lowest number of each column is marked.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    note: str = ""
    best: Literal["lowest", "none"] = "none"


@dataclass(frozen=True)
class Curves:
    """Lines over a common axis.

    Attributes:
        title, x_label, y_label: words.
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
    """Intervals promised against intervals held, both in percent."""

    promised: tuple[float, ...]
    held: tuple[float, ...]


@dataclass(frozen=True)
class Report:
    """All that a page shows.

    Attributes:
        title: its head.
        verdict: sentences.
        series: of the charts.
        y_label: what is measured.
        sheets, curves, coverage: accuracy.
        memory: words and shares of what the memory kept, heaviest first.
        read: what was read and assumed.
        warnings: what the reader should know.
        left_out: series that are not forecast, and why.
        settings: how it was made.
    """

    title: str
    verdict: tuple[str, ...]
    series: SeriesSource
    y_label: str = ""
    sheets: tuple[Sheet, ...] = ()
    curves: tuple[Curves, ...] = ()
    coverage: Coverage | None = None
    memory: tuple[tuple[str, float], ...] = ()
    read: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
