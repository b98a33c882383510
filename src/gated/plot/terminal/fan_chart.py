"""Draws a history and its forecast in the terminal, in braille dots.

    console.print(fan_chart(history, median, lower, upper, title="revenue per day"))

Printed on a rich console the chart has the width of the console, and is plain ASCII where the
encoding is not UTF-8; rich omits colours where there is no terminal or `NO_COLOR` is set. The chart
is legible without colour: a vertical line separates history and forecast, and the interval is
drawn as scattered dots.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.plot.terminal.chart import TerminalChart, printable
from gated.plot.terminal.curves import as_curve, connect_to_history
from gated.plot.terminal.dots import braille, draw_line, draw_points, fill_between
from gated.plot.ticks import format_ticks, value_ticks

__all__ = ["FanChart", "fan_chart", "sparkline"]


# Middle tones, legible on black and on white.
_FRAME, _BAND, _HISTORY, _MEDIAN, _ACTUAL = range(5)
_STYLES = ("#808080", "#b98560", "#5b8db8", "bold #e07b39", "bold #3f9e66")
_SPARKS = "▁▂▃▄▅▆▇█"
_ASCII_SPARKS = "_.,-=+*#"
_NARROWEST = 24  # characters; a smaller width has no space for a curve after the axis


@dataclass(frozen=True)
class _Glyphs:
    """The characters of a chart, and how many dots a cell has."""

    in_braille: bool
    dots: tuple[int, int]  # of a cell, down and across
    layers: tuple[str, str, str, str, str]  # as in the legend: frame, band, lines, points
    tick: str
    side: str
    corner: str
    base: str
    foot: str


_UNICODE = _Glyphs(True, (4, 2), ("┊", "⢕", "⠒", "⠒", "•"), "┤", "│", "└", "─", "┴")
_ASCII = _Glyphs(False, (1, 1), (":", ".", "*", "+", "o"), "+", "|", "+", "-", "+")


def fan_chart(
    history: npt.ArrayLike,
    median: npt.ArrayLike,
    lower: npt.ArrayLike | None = None,
    upper: npt.ArrayLike | None = None,
    *,
    actual: npt.ArrayLike | None = None,
    width: int | None = None,
    height: int = 14,
    title: str = "",
    x_labels: tuple[str, str, str] = ("", "", ""),
    level: float = 80,
) -> "FanChart":
    """Draw a history and its forecast in the terminal.

    A long history leaves little width to the forecast: pass its last few horizons only.

    Args:
        history: `[T]` past values, oldest first; NaN and infinities are gaps.
        median: `[h]` the forecast.
        lower, upper: `[h]` ends of the interval; both or neither.
        actual: `[h]` actual values, drawn as points; NaN where unknown.
        width: characters in a line; None for the width of the console.
        height: lines of the plot, at least 3; title, axis and legend need more.
        title: above the chart.
        x_labels: labels below the first value, the cutoff and the last forecast.
        level: the interval's level in percent, for the legend.

    Returns:
        A rich renderable; `str()` of it is plain text.

    Raises:
        UsageError: the arrays of the forecast differ in length, or one end is missing.

    >>> print(fan_chart([1, 2, 3, 4], [5, 6], width=24, height=6))
    6 ┤            ┊    ⣀⡤⠒⠉
      │            ┊⡠⠤⠒⠉
    4 ┤        ⢀⡠⠔⠒⠉
    2 ┤    ⣀⠤⠔⠊⠁   ┊
      │⣀⠤⠒⠉        ┊
    0 ┤            ┊
      └────────────┴────────
       ⠒⠒ history  ⠒⠒ forecast
    """
    past, ahead = as_curve(history), as_curve(median)
    if (lower is None) != (upper is None):
        raise UsageError(
            "One end of the interval is missing. Expected lower and upper, or neither."
        )
    unknown = np.full(len(ahead), np.nan)
    low, high, actuals = (
        unknown if one is None else as_curve(one) for one in (lower, upper, actual)
    )
    for name, one in (("lower", low), ("upper", high), ("actual", actuals)):
        if len(one) != len(ahead):
            raise UsageError(
                f"{name} has {len(one)} values. Expected {len(ahead)}, as in the median; pass one "
                "value a step."
            )
    if height < 3:
        raise UsageError(f"height is {height}. Expected at least 3 lines; pass a larger height.")
    return FanChart(past, ahead, low, high, actuals, width, height, title, x_labels, level)


@dataclass(frozen=True, eq=False)
class FanChart(TerminalChart):
    """A chart that is drawn when a console prints it; made by `fan_chart`, from its arguments."""

    history: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    actual: FloatArray
    width: int | None
    height: int
    title: str
    x_labels: tuple[str, str, str]
    level: float

    def render(self, width: int, *, ascii_only: bool) -> Text:
        """Draw title, plot with axes, labels and legend."""
        glyphs = _ASCII if ascii_only else _UNICODE
        arrays = (self.history, self.median, self.lower, self.upper, self.actual)
        ticks = value_ticks(arrays, count=self.height // 3 + 1)
        names = format_ticks(ticks)
        gutter = max(map(len, names)) + 2
        columns = max(_NARROWEST, self.width or width) - gutter

        plot = _Plot(self, glyphs, columns, float(ticks[0]), float(ticks[-1]))
        margin = {plot.row_of(tick): name for tick, name in zip(ticks, names, strict=True)}
        text = Text(no_wrap=True, overflow="crop", end="")
        if self.title:
            title = set_cell_size(printable(self.title, ascii_only=ascii_only), columns)
            text.append(" " * gutter + title.rstrip() + "\n", style="bold")
        for row in range(self.height):
            side = glyphs.tick if row in margin else glyphs.side
            text.append(f"{margin.get(row, ''):>{gutter - 2}} {side}", style=_STYLES[_FRAME])
            plot.append_row(text, row)
            text.append("\n")
        text.append(" " * (gutter - 1) + plot.base() + "\n", style=_STYLES[_FRAME])
        labels = [printable(label, ascii_only=ascii_only) for label in self.x_labels]
        if any(labels):
            line = _place(labels, plot.cutoff_column, columns)
            text.append(" " * gutter + line + "\n", style=_STYLES[_FRAME])
        text.append(" " * gutter)
        text.append_text(self._legend(glyphs))
        return text

    def _legend(self, glyphs: _Glyphs) -> Text:
        entries = (
            (_HISTORY, "history", self.history),
            (_MEDIAN, "forecast", self.median),
            (_BAND, f"{self.level:g} % interval", self.lower),
            (_ACTUAL, "actual", self.actual),
        )
        legend = []
        for layer, name, values in entries:
            sample = glyphs.layers[layer] * (1 if layer == _ACTUAL else 2)
            if not np.isnan(values).all():
                legend.append(
                    Text.assemble((sample, _STYLES[layer]), (f" {name}", _STYLES[_FRAME]))
                )
        return Text("  ").join(legend) if legend else Text("no values", style=_STYLES[_FRAME])


class _Plot:
    """The area within the axes: each cell has a character and the number of a layer.

    Attributes:
        cutoff_column: the cell column of the last past value; None without a past.
    """

    def __init__(
        self, chart: FanChart, glyphs: _Glyphs, columns: int, bottom: float, top: float
    ) -> None:
        self._glyphs, self._bottom, self._top = glyphs, bottom, top
        down, across = glyphs.dots
        self._dots = (chart.height * down, columns * across)
        self._characters = np.full((chart.height, columns), " ")  # [height, columns]
        self._layers = np.full((chart.height, columns), _FRAME)
        past, steps = len(chart.history), len(chart.history) + len(chart.median)
        x = np.arange(steps) * (self._dots[1] - 1) / max(steps - 1, 1)  # [T + h], dot columns
        self.cutoff_column = round(x[past - 1]) // across if past else None
        self._draw(chart, x)

    def row_of(self, value: float) -> int:
        """Return the cell row of a value."""
        return round(float(self._down(np.array([value]))[0])) // self._glyphs.dots[0]

    def append_row(self, text: Text, row: int) -> None:
        """Add one line of cells to the text, coloured by layer."""
        layers, characters = self._layers[row], "".join(self._characters[row]).rstrip()
        bounds = [0, *(np.flatnonzero(np.diff(layers)) + 1), len(layers)]
        for start, stop in pairwise(bounds):
            text.append(characters[start:stop], style=_STYLES[layers[start]])

    def base(self) -> str:
        """Return the horizontal axis, marked at the cutoff."""
        line = [self._glyphs.base] * self._characters.shape[1]
        if self.cutoff_column is not None:
            line[self.cutoff_column] = self._glyphs.foot
        return self._glyphs.corner + "".join(line)

    def _draw(self, chart: FanChart, x: FloatArray) -> None:
        """Draw the layers into the cells, the top layer last."""
        past = len(chart.history)
        if self.cutoff_column is not None:
            self._characters[:, self.cutoff_column] = self._glyphs.layers[_FRAME]
        # Median and interval begin at the last observation: the fan has no gap.
        ahead_x = x[max(past - 1, 0) :]
        lower, median, upper = (
            self._down(connect_to_history(chart.history, ahead))
            for ahead in (chart.lower, chart.median, chart.upper)
        )
        band, history, forecast, actual = np.zeros((4, *self._dots), dtype=np.bool_)
        fill_between(band, ahead_x, upper, lower)
        draw_line(history, x[:past], self._down(chart.history))
        draw_line(forecast, ahead_x, median)
        draw_points(actual, x[past:], self._down(chart.actual))
        if self._glyphs.in_braille:
            band &= _scattered(band.shape)
        self._put(_BAND, band, band)
        self._put(_HISTORY, history, history)
        # A cell has one colour, but dots of several layers. The cells of the median keep the dots
        # of the history and of a narrow interval, which the median would otherwise hide.
        self._put(_MEDIAN, forecast, forecast | history | (band & ~_dilated(forecast)))
        self._put(_ACTUAL, actual, None)

    def _put(self, layer: int, dots: BoolArray, drawn: BoolArray | None) -> None:
        """Assign the cells with a dot of the layer to it, and draw its glyph or the dots there."""
        height, columns = self._characters.shape
        down, across = self._glyphs.dots
        taken = dots.reshape(height, down, columns, across).any(axis=(1, 3))
        if drawn is not None and self._glyphs.in_braille:
            characters = braille(drawn)
        else:
            characters = np.array(self._glyphs.layers[layer])
        self._characters = np.where(taken, characters, self._characters)
        self._layers = np.where(taken, layer, self._layers)

    def _down(self, values: FloatArray) -> FloatArray:
        """Turn values into dot rows from the top; NaN stays NaN."""
        unit = max(abs(self._bottom), abs(self._top))  # so that no difference overflows
        share = (self._top / unit - values / unit) / (self._top / unit - self._bottom / unit)
        rows: FloatArray = share * (self._dots[0] - 1)
        return rows


def sparkline(values: npt.ArrayLike, *, width: int | None = None, ascii_only: bool = False) -> str:
    """Draw values as one line of text, with blanks for gaps.

    Args:
        values: `[T]`; NaN and infinities are gaps.
        width: characters at most; more values are averaged in groups of even size.
        ascii_only: whether to use no block characters.

    >>> sparkline([0, 1, 2, 3, float("nan"), 7])
    '▁▂▃▄ █'
    """
    curve = as_curve(values)
    if width is not None and len(curve) > width:
        groups = np.array_split(curve, width)
        curve = np.array([_mean(group) for group in groups])
    is_finite = np.isfinite(curve)
    if not is_finite.any():
        return " " * len(curve)
    sparks = _ASCII_SPARKS if ascii_only else _SPARKS
    unit = float(np.abs(curve[is_finite]).max()) or 1.0  # so that no difference overflows
    low, high = curve[is_finite].min() / unit, curve[is_finite].max() / unit
    highest = len(sparks) - 1
    if low == high:
        share = np.full(len(curve), highest // 2 / highest)
    else:
        share = (curve / unit - low) / (high - low)
    return "".join(
        sparks[round(part * highest)] if finite else " "
        for part, finite in zip(share, is_finite, strict=True)
    )


def _mean(values: FloatArray) -> float:
    observed = values[~np.isnan(values)]
    return float((observed / len(observed)).sum()) if len(observed) else float("nan")


def _scattered(shape: tuple[int, ...]) -> BoolArray:
    """Return every second dot of a grid, a chessboard pattern that looks grey."""
    row, column = np.indices(shape)
    pattern: BoolArray = (row + column) % 2 == 0
    return pattern


def _dilated(dots: BoolArray) -> BoolArray:
    """Return the dots and all their neighbours."""
    return np.asarray(sliding_window_view(np.pad(dots, 1), (3, 3)).any(axis=(2, 3)))


def _place(labels: list[str], cutoff_column: int | None, columns: int) -> str:
    """Write first, cutoff and last label into one line; that of the cutoff if there is space."""
    first, cutoff, last = labels
    room = columns - cell_len(first) - cell_len(last)
    if room < 0:
        return set_cell_size(last, columns)
    middle = " " * room
    if cutoff_column is not None:
        begin = cutoff_column - cell_len(cutoff) // 2 - cell_len(first)
        begin = min(begin, room - cell_len(cutoff) - 2)
        if cutoff and begin >= 2:
            middle = set_cell_size(" " * begin + cutoff, room)
    return first + middle + last
