"""Draws the roofline of a run as SVG: GFLOP/s of each cell, and the limits of the machine.

x: operations per byte that a step must move (`Case.intensity`). y: GFLOP/s. Both axes are
logarithmic, so that a bandwidth is a straight line of slope one (Williams, Waterman and Patterson
2009, "Roofline", Communications of the ACM 52(4)).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from benchmarks.common.chart import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    as_svg,
    chart_style,
    new_figure,
)
from benchmarks.common.report import Report, Value
from benchmarks.layers.cases import MODES
from gated.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["roofline_figure", "roofline_picture"]

Cell: TypeAlias = Mapping[str, Value]

_COLOURS = {"rnn": GREEN, "lstm": BLUE, "gru": ORANGE}
_WIDTH, _HEIGHT = 900, 470


@dataclass(frozen=True)
class _Rates:
    """The measured limits of the machine: name to GFLOP/s or GB/s."""

    peaks: Mapping[str, float]
    bandwidths: Mapping[str, float]

    @classmethod
    def of(cls, limits: Sequence[Cell]) -> _Rates:
        """Of the rows of the report; a limit that could not be measured is left out."""
        rates: dict[str, dict[str, float]] = {"GFLOP/s": {}, "GB/s": {}}
        for row in limits:
            if row["rate"] is not None and math.isfinite(_number(row["rate"])):
                rates[str(row["unit"])][str(row["what"])] = _number(row["rate"])
        return cls(rates["GFLOP/s"], rates["GB/s"])


def roofline_picture(report: Report, threads: int | None = None) -> str:
    """The roofline as SVG; arguments as of `roofline_figure`."""
    with chart_style():
        figure = roofline_figure(report, threads)
        return as_svg(figure, "GFLOP/s over operations per byte, and the limits of the machine")


def roofline_figure(report: Report, threads: int | None = None) -> Figure:
    """Draw forward and training side by side.

    Args:
        report: of a run.
        threads: number of threads of the cells; None: the largest that was measured.

    Raises:
        UsageError: no cell was measured with this number of threads.
    """
    tables = {sheet.key: sheet.rows for sheet in report.sheets}
    measured = sorted({int(_number(row["threads"])) for row in tables["cells"]})
    chosen = max(measured, default=0) if threads is None else threads
    cells = [row for row in tables["cells"] if row["threads"] == chosen]
    if not cells:
        raise UsageError(
            f"The results contain no cell of {chosen} threads. Expected one of {measured}; choose "
            "one with --threads."
        )
    rates = _Rates.of([row for row in tables["limits"] if row["threads"] == chosen])

    figure = new_figure(_WIDTH, _HEIGHT)
    figure.subplots_adjust(left=0.06, right=0.985, bottom=0.11, top=0.8, wspace=0.06)
    panels = figure.subplots(1, len(MODES), sharex=True, sharey=True)
    _set_axes(panels[0], cells, rates)
    for axes, mode in zip(panels, MODES, strict=True):
        axes.set_title(mode, pad=14)
        axes.set_xlabel("operations per byte")
        axes.tick_params(axis="y", length=0)
        _draw_limits(axes, rates)
        _draw_cells(axes, [row for row in cells if row["mode"] == mode])
    _draw_heading(figure, chosen, sorted({str(row["kind"]) for row in cells}))
    return figure


def _set_axes(axes: Axes, cells: Sequence[Cell], rates: _Rates) -> None:
    """Set the ranges, with space around the values, and marks at 1, 2 and 5 times 10ⁿ."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    intensities = [_number(row["intensity"]) for row in cells]
    speeds = [_number(row[key]) for row in cells for key in ("gflops", "torch_gflops")]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(min(intensities) / 3, max(intensities) * 1.4)  # names of bandwidths at the left
    axes.set_ylim(min(speeds) / 1.4, max(*speeds, *rates.peaks.values()) * 1.4)
    axes.set_ylabel("GFLOP/s")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=50))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _draw_limits(axes: Axes, rates: _Rates) -> None:
    """Draw a level line for each peak and a rising line for each bandwidth, with their names."""
    (first, last), lowest = axes.get_xlim(), axes.get_ylim()[0]
    highest = max(rates.peaks.values())
    for name, rate in rates.bandwidths.items():
        begin, end = max(first, lowest / rate), min(last, highest / rate)
        if begin < end:
            axes.plot([begin, end], [begin * rate, end * rate], color=PURPLE, lw=0.8)
            axes.annotate(
                f"{name} {rate:.0f} GB/s",
                (begin, begin * rate),
                xytext=(3, 4),
                textcoords="offset points",
                rotation=_angle(axes, (begin, begin * rate), (end, end * rate)),
                rotation_mode="anchor",
                size=7.5,
            )
    for peak in rates.peaks.values():
        begin = max(first, peak / max(rates.bandwidths.values(), default=peak / first))
        if begin < last:  # otherwise no bandwidth of the machine allows it at these intensities
            axes.plot([begin, last], [peak, peak], color=PURPLE, lw=1.2)
    names = sorted(rates.peaks, key=rates.peaks.__getitem__, reverse=True)
    text = ", below it ".join(f"{name} {rates.peaks[name]:.0f}" for name in names) + " GFLOP/s"
    # Above the highest peak there are no cells.
    axes.annotate(
        text, (last, highest), xytext=(0, 3), textcoords="offset points", ha="right", size=7.5
    )


def _angle(axes: Axes, begin: tuple[float, float], end: tuple[float, float]) -> float:
    """The angle of a line in the figure, in degrees."""
    (x0, y0), (x1, y1) = axes.transData.transform([begin, end])
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def _draw_cells(axes: Axes, cells: Sequence[Cell]) -> None:
    """Draw the cells of torch as small grey dots, those of gated by kind, larger for larger H."""
    x, y = _column(cells, "intensity"), _column(cells, "torch_gflops")
    axes.scatter(x, y, s=3, color=GREY, lw=0, label="torch")
    sizes = sorted(set(_column(cells, "H")), reverse=True)  # small dots lie above large ones
    for hidden_size in sizes:
        same = [row for row in cells if row["H"] == hidden_size]
        axes.scatter(
            _column(same, "intensity"),
            _column(same, "gflops"),
            s=_dot_area(hidden_size),
            c=[_COLOURS[str(row["kind"])] for row in same],
            lw=0,
            label=f"gated, H {hidden_size:g}",
            zorder=3,
        )


def _dot_area(hidden_size: float) -> float:
    """The area of a dot in square points."""
    return (1.2 + 0.52 * math.log2(hidden_size)) ** 2


def _draw_heading(figure: Figure, threads: int, kinds: Sequence[str]) -> None:
    """Write the title and the legend."""
    from matplotlib.lines import Line2D

    plural = "" if threads == 1 else "s"
    title = f"GFLOP/s of every cell below the machine's limits, {threads} thread{plural}, float32"
    figure.text(0.06, 0.955, title, size=11, weight="bold")
    samples = [(f"gated {kind.upper()}", _COLOURS[kind], 5.0) for kind in kinds]
    handles = [
        Line2D([], [], color=colour, marker="o", markersize=size, lw=0, label=name)
        for name, colour, size in [*samples, ("torch", GREY, 2.0)]
    ]
    handles.append(Line2D([], [], lw=0, label="a larger dot: a larger H"))
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.05, 0.945),
        ncols=len(handles),
        handletextpad=0.1,
        columnspacing=1.2,
    )


def _column(cells: Iterable[Cell], key: str) -> list[float]:
    return [_number(row[key]) for row in cells]


def _number(value: Value) -> float:
    return float(str(value))
