"""A forecast as an SVG picture, for a README, a report or a web page.

    Path("forecast.svg").write_text(fan_figure(dates, history, dates_ahead, median,
                                               {80: (lower, upper)}), encoding="utf-8")

Hand-made SVG: a few paths, no script, no style sheet, no font to load. The background is left
transparent and every colour is a middle tone, legible on a white page and on a black one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot import svg
from gated.plot.curves import joined, series
from gated.plot.dates import date_ticks
from gated.plot.ticks import format_ticks, nice_ticks, value_ticks

__all__ = ["fan_figure"]

Times = npt.NDArray[Any]  # datetime64 or float64
Band = tuple[npt.ArrayLike, npt.ArrayLike]

_HISTORY, _FORECAST, _ACTUAL = "#5b8db8", "#e07b39", "#3f9e66"
_OPACITY = 0.22  # of one band
_TOP, _RIGHT, _BOTTOM = 78, 24, 46  # margins in pixels; the left one fits the labels
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
    """Draw a forecast behind its history as SVG.

    Args:
        history_ds: `[T]` times of the past, rising: datetime64 (a frame's column) or numbers.
        history: `[T]` past values; NaN (and infinity) stay gaps.
        forecast_ds: `[h]` times ahead, of the same kind.
        median: `[h]` the forecast.
        bands: level in percent to `(lower, upper)`, `[h]` each.
        actual: `[h]` what came, drawn as points; NaN where unknown.
        title: a line above.
        y_label: what is measured, and in which unit; written above the axis.
        width: pixels, at least 300.
        height: pixels, at least 200.

    Returns:
        An SVG document; every text in it is escaped.

    Raises:
        UsageError: where lengths disagree, times are of two kinds, or the picture is too small.

    >>> picture = fan_figure([1, 2, 3], [5, 6, 7], [4, 5], [8, 9], {80: ([7, 7], [9, 11])})
    >>> picture[:4], "80 % interval" in picture
    ('<svg', True)
    """
    past, ahead = series(history), series(median)
    intervals = {level: (series(lo), series(hi)) for level, (lo, hi) in (bands or {}).items()}
    came = np.full(len(ahead), np.nan) if actual is None else series(actual)
    times_past, times_ahead = _times(history_ds), _times(forecast_ds)
    _check(times_past, past, times_ahead, ahead, intervals, came)
    if width < 300 or height < 200:
        raise UsageError(f"The picture is {width} x {height} pixels; it needs 300 x 200 at least.")

    ends = [end for interval in intervals.values() for end in interval]
    ticks = value_ticks([past, ahead, came, *ends], count=max(3, height // 60))
    times = [one for one in (times_past, times_ahead) if len(one)] or [times_past]
    frame = _Frame(np.concatenate(times), ticks, width, height)
    x_past, x_ahead = frame.x(times_past), frame.x(times_ahead)
    onward = np.concatenate([x_past[-1:], x_ahead])

    parts = frame.axes(y_label)
    if len(past):
        cutoff = float(x_past[-1])
        parts.append(svg.rule((cutoff, cutoff), (_TOP, frame.bottom), 'stroke-dasharray="2 4"'))
    for level in sorted(intervals, reverse=True):  # the widest lies at the bottom
        lower, upper = (frame.y(joined(past, end)) for end in intervals[level])
        parts += svg.area(onward, lower, upper, _FORECAST, _OPACITY)
    parts += svg.curve(x_past, frame.y(past), _HISTORY, 1.4)
    parts += svg.curve(onward, frame.y(joined(past, ahead)), _FORECAST, 2.2)
    parts += svg.points(x_ahead, frame.y(came), _ACTUAL, 2.6)
    parts += _heading(title, frame.left, _legend(past, ahead, sorted(intervals), came))
    return svg.document(parts, title or "forecast", width, height)


@dataclass(frozen=True)
class _Frame:
    """The axes: where times and values lie in the picture, in pixels.

    Attributes:
        times: `[K]` all times to show, datetime64 or float64.
        ticks: values marked on the vertical axis; it runs from the first to the last.
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
        """Turn times into pixels from the left; a single time stands in the middle."""
        if not len(times):
            return np.empty(0)
        first, last = self.times.min(), self.times.max()
        share = (times - first) / (last - first) if last > first else np.full(len(times), 0.5)
        return np.asarray(self.left + share * (self.width - _RIGHT - self.left))

    def y(self, values: FloatArray) -> FloatArray:
        """Turn values into pixels from the top, NaN staying NaN."""
        low, high = float(self.ticks[0]), float(self.ticks[-1])
        unit = max(abs(low), abs(high))  # so that no difference overflows
        share = (high / unit - values / unit) / (high / unit - low / unit)
        return np.asarray(_TOP + share * (self.bottom - _TOP))

    def axes(self, y_label: str) -> list[str]:
        """Grid lines with their values, and the times below."""
        right = self.width - _RIGHT
        parts = [svg.text(8, _TOP - 12, y_label, size=11)]
        for y, name in zip(self.y(self.ticks), format_ticks(self.ticks), strict=True):
            parts.append(svg.rule((self.left, right), (y, y), 'stroke-opacity="0.25"'))
            parts.append(svg.text(self.left - 8, y + 4, name, anchor="end"))
        for x, name, context in self._time_marks(right):
            parts.append(svg.rule((x, x), (self.bottom, self.bottom + 5)))
            parts.append(svg.text(x, self.bottom + 19, name, anchor="middle"))
            parts.append(svg.text(x, self.bottom + 34, context, anchor="middle"))
        return parts

    def _time_marks(self, right: float) -> list[tuple[float, str, str]]:
        """Return pixel, name and context of each mark below."""
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
    past: FloatArray, ahead: FloatArray, levels: Sequence[float], came: FloatArray
) -> list[tuple[str, str]]:
    """Return sample (18 pixels wide, centred on y = 0) and name of each thing drawn."""
    stroke = '<path d="M0 0H18" stroke="{}" stroke-width="{}"/>'
    entries = []
    if not np.isnan(past).all():
        entries.append((stroke.format(_HISTORY, 1.4), "history"))
    if not np.isnan(ahead).all():
        entries.append((stroke.format(_FORECAST, 2.2), "forecast"))
    for wider, level in enumerate(reversed(levels)):
        opacity = 1 - (1 - _OPACITY) ** (wider + 1)  # inner bands lie on top of outer ones
        box = f'<path d="M0 -6H18V6H0Z" fill="{_FORECAST}" fill-opacity="{opacity:.2f}"/>'
        entries.append((box, f"{level:g} % interval"))
    if not np.isnan(came).all():
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
        f"The times are of type {times.dtype}; expected datetime64 without a time zone, or numbers."
    )


def _check(
    times_past: Times,
    past: FloatArray,
    times_ahead: Times,
    ahead: FloatArray,
    intervals: Mapping[float, tuple[FloatArray, FloatArray]],
    came: FloatArray,
) -> None:
    lengths = {
        "history_ds": (len(times_past), len(past)),
        "forecast_ds": (len(times_ahead), len(ahead)),
        "actual": (len(came), len(ahead)),
    }
    for level, (lower, upper) in intervals.items():
        lengths[f"the lower end of band {level:g}"] = (len(lower), len(ahead))
        lengths[f"the upper end of band {level:g}"] = (len(upper), len(ahead))
    for name, (given, expected) in lengths.items():
        if given != expected:
            raise UsageError(f"{name} has {given} values; expected {expected}.")
    if len(past) and len(ahead) and times_past.dtype != times_ahead.dtype:
        raise UsageError(
            f"history_ds is of type {times_past.dtype} and forecast_ds of {times_ahead.dtype}; "
            "give both as dates or both as numbers."
        )
