"""Draws a history and its forecast as SVG, for a README, a report or a web page.

    Path("forecast.svg").write_text(fan_figure(dates, history, dates_ahead, median,
                                               {80: (lower, upper)}), encoding="utf-8")

The SVG has a few paths, and no script, style sheet or font. Its background is transparent, and
every colour is a middle tone, legible on a white page and on a black one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot import svg
from gated.plot.curves import as_curve, connect_to_history
from gated.plot.dates import date_ticks
from gated.plot.ticks import format_ticks, nice_ticks, value_ticks

__all__ = ["fan_figure"]

Times = npt.NDArray[Any]  # datetime64 or float64
Band = tuple[npt.ArrayLike, npt.ArrayLike]

_HISTORY, _FORECAST, _ACTUAL = "#5b8db8", "#e07b39", "#3f9e66"
_OPACITY = 0.22  # of one band
_TOP, _RIGHT, _BOTTOM = 78, 24, 46  # margins in pixels; the left one depends on the labels
_CHARACTER = 6.7  # about the width of one at 12 pixels


def fan_figure(
    history_ds: npt.ArrayLike,
    history: npt.ArrayLike,
    forecast_ds: npt.ArrayLike,
    median: npt.ArrayLike,
    bands: Mapping[float, Band] | None = None,
    *,
    actual: npt.ArrayLike | None = None,
    title: str = "",
    y_label: str = "",
    width: int = 900,
    height: int = 380,
) -> str:
    """Draw a history and its forecast as SVG.

    Args:
        history_ds: `[T]` times of the past, rising: datetime64 (a frame's column) or numbers.
        history: `[T]` past values; NaN and infinities are gaps.
        forecast_ds: `[h]` times ahead, of the same kind.
        median: `[h]` the forecast.
        bands: level in percent to `(lower, upper)`, `[h]` each.
        actual: `[h]` actual values, drawn as points; NaN where unknown.
        title: above the chart.
        y_label: name and unit of the values, above the axis.
        width: pixels, at least 300.
        height: pixels, at least 200.

    Returns:
        An SVG document; every text in it is escaped.

    Raises:
        UsageError: lengths differ, times are of two kinds, or the figure is too small.

    >>> figure = fan_figure([1, 2, 3], [5, 6, 7], [4, 5], [8, 9], {80: ([7, 7], [9, 11])})
    >>> figure[:4], "80 % interval" in figure
    ('<svg', True)
    """
    past, ahead = as_curve(history), as_curve(median)
    intervals = {level: (as_curve(lo), as_curve(hi)) for level, (lo, hi) in (bands or {}).items()}
    actuals = np.full(len(ahead), np.nan) if actual is None else as_curve(actual)
    times_past, times_ahead = _times(history_ds), _times(forecast_ds)
    _check(times_past, past, times_ahead, ahead, intervals, actuals)
    if width < 300 or height < 200:
        raise UsageError(
            f"The figure has {width} x {height} pixels. Expected 300 x 200 at least; pass a larger "
            "width or height."
        )

    ends = [end for interval in intervals.values() for end in interval]
    ticks = value_ticks([past, ahead, actuals, *ends], count=max(3, height // 60))
    times = [one for one in (times_past, times_ahead) if len(one)] or [times_past]
    frame = _Frame(np.concatenate(times), ticks, width, height)
    x_past, x_ahead = frame.x(times_past), frame.x(times_ahead)
    x_forecast = np.concatenate([x_past[-1:], x_ahead])

    parts = frame.axes(y_label)
    if len(past):
        cutoff = float(x_past[-1])
        parts.append(svg.line((cutoff, cutoff), (_TOP, frame.bottom), 'stroke-dasharray="2 4"'))
    for level in sorted(intervals, reverse=True):  # the widest is drawn first
        lower, upper = (frame.y(connect_to_history(past, end)) for end in intervals[level])
        parts += svg.area(x_forecast, lower, upper, _FORECAST, _OPACITY)
    parts += svg.curve(x_past, frame.y(past), _HISTORY, 1.4)
    parts += svg.curve(x_forecast, frame.y(connect_to_history(past, ahead)), _FORECAST, 2.2)
    parts += svg.points(x_ahead, frame.y(actuals), _ACTUAL, 2.6)
    parts += _heading(title, frame.left, _legend(past, ahead, sorted(intervals), actuals))
    return svg.document(parts, title or "forecast", width, height)


@dataclass(frozen=True)
class _Frame:
    """The axes: the pixels of times and values.

    Attributes:
        times: `[K]` all times to show, datetime64 or float64.
        ticks: values marked on the vertical axis, which runs from the first to the last.
    """

    times: Times
    ticks: FloatArray
    width: int
    height: int

    @property
    def left(self) -> float:
        return 22 + _CHARACTER * max(map(len, format_ticks(self.ticks)))

    @property
    def bottom(self) -> float:
        return self.height - _BOTTOM

    def x(self, times: Times) -> FloatArray:
        """Turn times into pixels from the left; a single time lies in the middle."""
        if not len(times):
            return np.empty(0)
        first, last = self.times.min(), self.times.max()
        share = (times - first) / (last - first) if last > first else np.full(len(times), 0.5)
        return np.asarray(self.left + share * (self.width - _RIGHT - self.left))

    def y(self, values: FloatArray) -> FloatArray:
        """Turn values into pixels from the top; NaN stays NaN."""
        low, high = float(self.ticks[0]), float(self.ticks[-1])
        unit = max(abs(low), abs(high))  # so that no difference overflows
        share = (high / unit - values / unit) / (high / unit - low / unit)
        return np.asarray(_TOP + share * (self.bottom - _TOP))

    def axes(self, y_label: str) -> list[str]:
        """Grid lines with their values, and the times below."""
        right = self.width - _RIGHT
        parts = [svg.text(8, _TOP - 12, y_label, size=11)]
        for y, name in zip(self.y(self.ticks), format_ticks(self.ticks), strict=True):
            parts.append(svg.line((self.left, right), (y, y), 'stroke-opacity="0.25"'))
            parts.append(svg.text(self.left - 8, y + 4, name, anchor="end"))
        for x, name, context in self._time_ticks(right):
            parts.append(svg.line((x, x), (self.bottom, self.bottom + 5)))
            parts.append(svg.text(x, self.bottom + 19, name, anchor="middle"))
            parts.append(svg.text(x, self.bottom + 34, context, anchor="middle"))
        return parts

    def _time_ticks(self, right: float) -> list[tuple[float, str, str]]:
        """Return pixel, name and context of each tick of the time axis."""
        if not len(self.times):
            return []
        count = max(2, int((right - self.left) / 90))
        first, last = self.times.min(), self.times.max()
        if isinstance(first, np.datetime64):
            dates = date_ticks(first, last, count)
            return list(zip(self.x(dates.at), dates.names, dates.contexts, strict=True))
        ticks = nice_ticks(float(first), float(last), count)
        names = [
            name for name, at in zip(format_ticks(ticks), ticks, strict=True) if first <= at <= last
        ]
        ticks = ticks[(first <= ticks) & (ticks <= last)]
        return [(x, name, "") for x, name in zip(self.x(ticks), names, strict=True)]


def _legend(
    past: FloatArray, ahead: FloatArray, levels: Sequence[float], actual: FloatArray
) -> list[tuple[str, str]]:
    """Return sample (18 pixels wide, centred on y = 0) and name of each part that is drawn."""
    stroke = '<path d="M0 0H18" stroke="{}" stroke-width="{}"/>'
    entries = []
    if not np.isnan(past).all():
        entries.append((stroke.format(_HISTORY, 1.4), "history"))
    if not np.isnan(ahead).all():
        entries.append((stroke.format(_FORECAST, 2.2), "forecast"))
    for outer, level in enumerate(reversed(levels)):
        opacity = 1 - (1 - _OPACITY) ** (outer + 1)  # inner bands lie on outer ones
        box = f'<path d="M0 -6H18V6H0Z" fill="{_FORECAST}" fill-opacity="{opacity:.2f}"/>'
        entries.append((box, f"{level:g} % interval"))
    if not np.isnan(actual).all():
        entries.append((f'<circle cx="9" cy="0" r="2.6" fill="{_ACTUAL}"/>', "actual"))
    return entries


def _heading(title: str, left: float, legend: list[tuple[str, str]]) -> list[str]:
    """Write title and legend above the plot."""
    parts = [svg.text(left, 22, title, size=15, weight=600)]
    for sample, name in legend:
        parts.append(f'<g transform="translate({left:.1f} 41)">{sample}</g>')
        parts.append(svg.text(left + 24, 45, name))
        left += 24 + _CHARACTER * len(name) + 20
    return parts


def _times(ds: npt.ArrayLike) -> Times:
    """Return times as datetime64 or as numbers."""
    times = np.asarray(ds)
    if times.dtype.kind == "M":
        return times.astype("M8[us]")
    if times.dtype.kind in "iuf" or not times.size:
        return times.astype(np.float64)
    raise UsageError(
        f"The times are of type {times.dtype}. Expected datetime64 without a time zone, or "
        "numbers; convert them."
    )


def _check(
    times_past: Times,
    past: FloatArray,
    times_ahead: Times,
    ahead: FloatArray,
    intervals: Mapping[float, tuple[FloatArray, FloatArray]],
    actual: FloatArray,
) -> None:
    lengths = {
        "history_ds": (len(times_past), len(past)),
        "forecast_ds": (len(times_ahead), len(ahead)),
        "actual": (len(actual), len(ahead)),
    }
    for level, (lower, upper) in intervals.items():
        lengths[f"the lower end of band {level:g}"] = (len(lower), len(ahead))
        lengths[f"the upper end of band {level:g}"] = (len(upper), len(ahead))
    for name, (given, expected) in lengths.items():
        if given != expected:
            raise UsageError(
                f"{name} has {given} values. Expected {expected}; pass one value a step."
            )
    if len(past) and len(ahead) and times_past.dtype != times_ahead.dtype:
        raise UsageError(
            f"history_ds is of type {times_past.dtype}, forecast_ds of {times_ahead.dtype}. "
            "Expected one type; pass both as dates or both as numbers."
        )
