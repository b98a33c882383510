"""Curves over time: a probability, or the channels of a sequence."""

from dataclasses import dataclass

import numpy as np
from rich.text import Text

from gated.arrays import FloatArray, IntArray
from gated.plot.colours import averaged
from gated.plot.panels.picture import INK, MARGIN, Frame, Page, Panel, text_element
from gated.plot.ticks import format_ticks, nice_ticks

__all__ = ["Curves"]

_COLOURS = ("#1f77b4", "#c9661f", "#2f9160", "#b0519a", "#8a7a20", "#c94b4b", "#1f8f9a", "#7d6bd0")
_POINTS = 2_000  # of a curve at most
_TEXT_ROWS = 5
_BLOCKS, _ASCII_BLOCKS = " ▁▂▃▄▅▆▇█", " .:-=+*#@"


@dataclass(frozen=True)
class Curves(Panel):
    """Curves with a common axis of values.

    Attributes:
        title: above them.
        values: [C, T]; NaN where a curve has a gap.
        begin, end: the times of the edges: value t is in the middle of its step.
        low, high: of the axis of values; None for those of the values.
        percents: whether the labels are percentages.
    """

    title: str
    values: FloatArray
    begin: float
    end: float
    low: float | None = None
    high: float | None = None
    percents: bool = False

    def height(self, width: float) -> float:
        """See `Panel`."""
        return 90.0

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        values = self.values
        if values.shape[1] > _POINTS:
            values = averaged(values, _POINTS)
        ticks, labels = self._ticks()
        low, high = ticks[0], ticks[-1]
        parts = []
        for tick, label in zip(ticks, labels, strict=True):
            y = frame.top + (high - tick) / (high - low) * frame.height
            parts.append(
                f'<line x1="{frame.left:g}" x2="{frame.left + frame.width:g}" y1="{y:.1f}" '
                f'y2="{y:.1f}" stroke="{INK}" stroke-opacity="0.35"/>'
            )
            parts.append(text_element(frame.left - 7, y + 4, label, anchor="end"))
        step = (self.end - self.begin) / values.shape[1]
        x = [frame.x(self.begin + (t + 0.5) * step) for t in range(values.shape[1])]
        for index, curve in enumerate(values):
            y = frame.top + (high - curve) / (high - low) * frame.height
            for part in _without_gaps(curve):
                points = " ".join(f"{x[at]:.1f},{y[at]:.1f}" for at in part)
                parts.append(
                    f'<polyline points="{points}" fill="none" stroke-width="1.6" '
                    f'stroke-linejoin="round" stroke-linecap="round" '
                    f'stroke="{_COLOURS[index % len(_COLOURS)]}"/>'
                )
        return parts

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: the first curve, as columns."""
        ticks, labels = self._ticks()
        low, high = ticks[0], ticks[-1]
        first, last = page.column(self.begin), page.column(self.end)
        columns = max(last - first + 1, 1)
        curve, count = self.values[0], self.values.shape[1]
        shown = (
            averaged(curve[None], columns)[0]
            if count >= columns
            else curve[np.arange(columns) * count // columns]
        )
        blocks = _ASCII_BLOCKS if page.ascii_only else _BLOCKS
        steps = len(blocks) - 1
        height = np.nan_to_num((shown - low) / (high - low))
        filled = np.round(height * _TEXT_ROWS * steps).astype(int)
        bar = "|" if page.ascii_only else "│"
        found = []
        for row in range(_TEXT_ROWS):
            label = labels[-1] if row == 0 else labels[0] if row == _TEXT_ROWS - 1 else ""
            cells = np.clip(filled - (_TEXT_ROWS - 1 - row) * steps, 0, steps)
            text = "".join(blocks[cell] for cell in cells)
            found.append(Text(f"{label[: MARGIN - 2]:>{MARGIN - 2}} {bar}" + " " * first + text))
        return found

    def _ticks(self) -> tuple[FloatArray, list[str]]:
        low = float(np.nanmin(self.values)) if self.low is None else self.low
        high = float(np.nanmax(self.values)) if self.high is None else self.high
        ticks = nice_ticks(low, high, 3)
        if self.percents:
            return ticks, [f"{100 * tick:.0f} %" for tick in ticks]
        return ticks, format_ticks(ticks)


def _without_gaps(curve: FloatArray) -> list[IntArray]:
    """The indices of each run of numbers; a single number is there twice, to be drawn as a dot."""
    known = np.flatnonzero(~np.isnan(curve))
    runs = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    return [np.repeat(run, 2) if len(run) == 1 else run for run in runs if len(run)]
