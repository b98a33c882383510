"""Draws the error of each method against its seconds as SVG: lower and further left is better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchmarks.common.chart import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    POINTS_PER_PIXEL,
    PURPLE,
    RED,
    as_svg,
    chart_style,
    new_figure,
)
from benchmarks.peers.report.label_placement import Box, place_labels
from benchmarks.peers.report.overview import Group, Summary, groups
from benchmarks.peers.results import PeersResults
from gated.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["accuracy_figure", "accuracy_picture"]

_OURS = "gated"
_COLOURS = {
    _OURS: ORANGE,
    "fracast": RED,
    "neuralforecast": BLUE,
    "darts": GREEN,
    "gluonts": PURPLE,
    "statsforecast": GREY,
}
_WIDTH, _AXES, _ABOVE, _BELOW, _LINE = 900, 340, 60, 60, 15  # pixels
_LEFT, _AXES_WIDTH = 0.065, 0.915  # shares of the width
_LONGEST_NOTE = 130  # letters that fit into the width
_LOG_RATIO = 5.0  # the y axis is logarithmic if the largest error is this many times the smallest


def accuracy_picture(results: PeersResults) -> str:
    """The chart as SVG; argument and error as of `accuracy_figure`."""
    with chart_style():
        return as_svg(accuracy_figure(results), "Error against seconds, by method")


def accuracy_figure(results: PeersResults) -> Figure:
    """Draw a panel for each group of tables, with a point for each method.

    The point of a method that was not done on every table of its group is hollow; the text below
    the panel names these tables.

    Args:
        results: of a run, or loaded.

    Raises:
        UsageError: no method was done.
    """
    if not any(row["outcome"] == "done" for row in results.methods):
        raise UsageError(
            "No method of these results was done, so there is nothing to draw. Expected one at "
            "least; the table shows why each failed."
        )
    panels = groups(results)
    notes = [_notes_below(group) for group in panels]
    heights = [_ABOVE + _AXES + _BELOW + _LINE * len(lines) for lines in notes]
    figure = new_figure(_WIDTH, sum(heights))
    top = float(sum(heights))
    trial = "TRIAL, not a result: " if results.facts["trial"] else ""
    for group, lines, height in zip(panels, notes, heights, strict=True):
        _draw_panel(figure, top, sum(heights), group, lines)
        title = f"{trial}{_title(group)}, threads: {results.machine['threads']}"
        figure.text(_LEFT, (top - 24) / sum(heights), title, size=11, weight="bold")
        top -= height
    return figure


def _draw_panel(
    figure: Figure, top: float, height: float, group: Group, lines: Sequence[str]
) -> None:
    """Draw the axes of a group, whose upper edge is at `top` pixels of the figure's height."""
    bottom = (top - _ABOVE - _AXES) / height
    axes = figure.add_axes((_LEFT, bottom, _AXES_WIDTH, _AXES / height))
    _set_axes(axes, group.summaries)
    for one in group.summaries:
        colour = _COLOURS.get(one.library, GREY)
        axes.scatter(
            one.seconds,
            one.error,
            s=72 if one.library == _OURS else 40,
            facecolor="none" if one.failures else colour,
            edgecolor=colour,
            lw=1.5,
            zorder=3,
        )
    _write_labels(axes, group.summaries)
    better = "better: lower, and further to the left"
    figure.text(_LEFT, (top - 46) / height, better, size=9)
    for number, line in enumerate(lines):
        y = (top - _ABOVE - _AXES - _BELOW + 8 - _LINE * number) / height
        shown = line if len(line) <= _LONGEST_NOTE else line[: _LONGEST_NOTE - 1] + "…"
        figure.text(_LEFT, y, shown, size=8, parse_math=False)


def _title(group: Group) -> str:
    count = len(group.tables)
    return f"mean of {count} tables" if count > 1 else group.tables[0]


def _notes_below(group: Group) -> list[str]:
    """The tables of the group, and the tables on which a method was not done."""
    notes = [f"tables: {', '.join(group.tables)}"] if len(group.tables) > 1 else []
    for one in group.summaries:
        tables: dict[str, list[str]] = {}
        for table, reason in one.failures.items():
            tables.setdefault(reason, []).append(table)
        reasons = [f"{', '.join(names)}: {reason}" for reason, names in tables.items()]
        if reasons:
            notes.append(f"hollow, {one.label}: counts as seasonal naive on {'; '.join(reasons)}")
    return notes


def _set_axes(axes: Axes, points: Sequence[Summary]) -> None:
    """Logarithmic seconds; errors from 0, or logarithmic where they differ by much."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    seconds, errors = [one.seconds for one in points], [one.error for one in points]
    axes.set_xscale("log")
    axes.set_xlim(min(seconds) / 1.5, max(seconds) * 1.5)
    axes.set_xlabel("seconds: import, fit and first forecast")
    axes.set_ylabel("MASE ÷ seasonal naive's")
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


def _write_labels(axes: Axes, points: Sequence[Summary]) -> None:
    """Write the name of each method near its point, without overlaps."""
    texts = [
        axes.annotate(
            one.label,
            (one.seconds, one.error),
            xytext=(0, 0),
            textcoords="offset points",
            size=8.5,
            weight="bold" if one.library == _OURS else "normal",
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
