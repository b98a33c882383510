"""Draws the error of each method against its seconds as SVG: lower and further left is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.common.chart import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    POINTS_PER_PIXEL,
    PURPLE,
    as_svg,
    chart_style,
    new_figure,
)
from benchmarks.common.report import Report, Row
from benchmarks.forecasting.scores import SCORE_FORMATS
from benchmarks.peers.label_placement import Box, place_labels
from benchmarks.peers.peers_report import OURS, TRIAL
from gated.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["accuracy_figure", "accuracy_picture"]

_COLOURS = {
    "gated": ORANGE,
    "neuralforecast": BLUE,
    "darts": GREEN,
    "GluonTS": PURPLE,
    "statsforecast": GREY,
}
_WIDTH, _HEIGHT, _LINE = 900, 470, 15  # pixels
_LOG_RATIO = 5.0  # the y axis is logarithmic if the largest error is this many times the smallest


@dataclass(frozen=True)
class _Point:
    """A method in the chart."""

    label: str
    library: str
    seconds: float
    error: float

    @classmethod
    def of(cls, row: Row, score: str) -> _Point:
        seconds = sum(float(str(row[key])) for key in ("import", "fit", "predict"))
        library = str(row["method"]).removeprefix(TRIAL).split()[0]
        return cls(_label(row), library, seconds, float(str(row[score])))

    @property
    def is_ours(self) -> bool:
        return self.library == OURS


def accuracy_picture(report: Report) -> str:
    """The chart as SVG; argument and error as of `accuracy_figure`."""
    with chart_style():
        return as_svg(accuracy_figure(report), f"Error against seconds, {report.facts['data']}")


def accuracy_figure(report: Report) -> Figure:
    """Draw a point for each method that was done; the text below names the others.

    Args:
        report: of a run, or loaded.

    Raises:
        UsageError: no method was done.
    """
    rows = _joined_rows(report)
    score = "wape" if report.facts["data"] == "shop" else "mase"
    points = [_Point.of(row, score) for row in rows if row["outcome"] == "done"]
    failures = [f"{_label(row)}: {row['outcome']}" for row in rows if row["outcome"] != "done"]
    if not points:
        raise UsageError(
            "No method of these results was done, so there is nothing to draw. Expected one at "
            "least; the table shows why each failed."
        )
    below = _LINE * len(failures)
    height = _HEIGHT + below
    figure = new_figure(_WIDTH, height)
    axes = figure.add_axes((0.065, (60 + below) / height, 0.915, (_HEIGHT - 126) / height))
    _set_axes(axes, points, SCORE_FORMATS[score][0])
    for point in points:
        colour = _COLOURS.get(point.library, GREY)
        size = 72 if point.is_ours else 40
        axes.scatter(point.seconds, point.error, s=size, color=colour, lw=0, zorder=3)
    _write_labels(axes, points)
    trial = "TRIAL, not a result: " if report.facts["trial"] else ""
    data, threads = report.facts["data"], report.machine["threads"]
    title = f"{trial}{SCORE_FORMATS[score][0]} against seconds, {data}, threads: {threads}"
    left = 0.065
    figure.text(left, 1 - 24 / height, title, size=11, weight="bold")
    figure.text(left, 1 - 46 / height, "better: lower, and further to the left", size=9)
    for number, failure in enumerate(failures):
        y = (below - _LINE * number - 8) / height
        figure.text(left, y, failure[:140], size=8, parse_math=False)
    return figure


def _set_axes(axes: Axes, points: Sequence[_Point], score: str) -> None:
    """Logarithmic seconds; errors from 0, or logarithmic where they differ by much."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    seconds, errors = [one.seconds for one in points], [one.error for one in points]
    axes.set_xscale("log")
    axes.set_xlim(min(seconds) / 1.5, max(seconds) * 1.5)
    axes.set_xlabel("seconds: import, fit and first forecast")
    axes.set_ylabel(score)
    if max(errors) > _LOG_RATIO * min(errors):
        axes.set_yscale("log")
        axes.set_ylim(min(errors) / 1.5, max(errors) * 1.5)
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=50))
    else:
        axes.set_ylim(0, max(errors) * 1.1)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=50))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.tick_params(axis="y", length=0)


def _write_labels(axes: Axes, points: Sequence[_Point]) -> None:
    """Write the name of each method near its point, without overlaps."""
    texts = [
        axes.annotate(
            one.label,
            (one.seconds, one.error),
            xytext=(0, 0),
            textcoords="offset points",
            size=8.5,
            weight="bold" if one.is_ours else "normal",
            va="bottom",
        )
        for one in points
    ]
    extents = [text.get_window_extent() for text in texts]
    places = axes.transData.transform([(one.seconds, one.error) for one in points])
    area = axes.get_window_extent()
    boxes = place_labels(
        [(float(x), float(y)) for x, y in places],
        [(extent.width, extent.height) for extent in extents],
        Box(area.x0, area.y0, area.x1, area.y1),
    )
    for text, box, (x, y) in zip(texts, boxes, places, strict=True):
        offset = (box.left - x, box.bottom - y)
        text.set_position((offset[0] * POINTS_PER_PIXEL, offset[1] * POINTS_PER_PIXEL))


def _label(row: Row) -> str:
    method, configuration = str(row["method"]), str(row["configuration"])
    return method if configuration == "default" else f"{method}, {configuration}"


def _joined_rows(report: Report) -> list[Row]:
    """One row for each method, with the columns of all tables."""
    rows: list[Row] = [{} for _ in report.sheets[0].rows]
    for sheet in report.sheets:
        for row, part in zip(rows, sheet.rows, strict=True):
            row.update(part)
    return rows
