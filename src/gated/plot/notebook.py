"""Draws the fan chart with matplotlib or plotly, for notebooks and slides.

    fan_matplotlib(dates, history, dates_ahead, median, {80: (lower, upper)}).savefig("fan.png")

Only this module imports the two libraries; `pip install "gated[plot]"` installs them.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError

__all__ = ["bars_matplotlib", "fan_matplotlib", "fan_plotly", "require"]

Bands = Mapping[float, tuple[npt.ArrayLike, npt.ArrayLike]]

_HISTORY, _FORECAST, _ACTUAL, _CUTOFF = "#3d76a6", "#c55f1f", "#2f8556", "#808080"
_OPACITY = 0.22  # of one band


def fan_matplotlib(
    history_ds: npt.ArrayLike,
    history: npt.ArrayLike,
    forecast_ds: npt.ArrayLike,
    median: npt.ArrayLike,
    bands: Bands | None = None,
    *,
    actual: npt.ArrayLike | None = None,
    title: str = "",
    y_label: str = "",
) -> Any:
    """Draw a history and its forecast with matplotlib.

    Args:
        history_ds, history: `[T]` times and past values; NaN are gaps.
        forecast_ds, median: `[h]` times ahead and the forecast.
        bands: level in percent to `(lower, upper)`, `[h]` each.
        actual: `[h]` actual values, drawn as points.
        title: above the chart.
        y_label: name and unit of the values.

    Returns:
        A `matplotlib.figure.Figure`, not registered with pyplot. A dotted line marks the cutoff,
        the last time of the history.

    Raises:
        UsageError: matplotlib is not installed.
    """
    require("matplotlib")

    from gated.plot.notebook_figure import NotebookFigure

    figure = NotebookFigure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    past, times, line = _connected(history_ds, history, forecast_ds, median)
    history_times = _times(history_ds)
    if len(history_times):
        axes.axvline(history_times[-1], color=_CUTOFF, lw=0.8, ls=":")
    _fill_bands(axes, _times(forecast_ds), bands or {})
    axes.plot(history_times, past, color=_HISTORY, lw=1.4, label="history")
    alone = _between_gaps(past)  # a line through one point alone would be invisible
    axes.plot(history_times[alone], past[alone], ".", color=_HISTORY, ms=3)
    axes.plot(times, line, color=_FORECAST, lw=2, label="forecast")
    if actual is not None:
        points = np.asarray(actual, dtype=np.float64)
        axes.plot(_times(forecast_ds), points, ".", color=_ACTUAL, label="actual")
    if np.issubdtype(times.dtype, np.datetime64):
        _mark_dates(axes)
    axes.margins(x=0.01)
    axes.set_title(title, loc="left", pad=24)
    axes.set_ylabel(y_label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),  # above the axes, where it covers no value
        borderaxespad=0.2,
        frameon=False,
        ncols=5,
        fontsize="small",
    )
    return figure


def _fill_bands(axes: Any, times: Any, bands: Bands) -> None:
    """Fill each interval, the widest at the bottom."""
    for level in sorted(bands, reverse=True):
        lower, upper = (np.asarray(end, dtype=np.float64) for end in bands[level])
        label = f"{level:g} % interval"
        axes.fill_between(times, lower, upper, color=_FORECAST, alpha=_OPACITY, lw=0, label=label)


def _mark_dates(axes: Any) -> None:
    """Mark round dates on the axis of times."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator: Any = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    formatter: Any = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(formatter)


def fan_plotly(
    history_ds: npt.ArrayLike,
    history: npt.ArrayLike,
    forecast_ds: npt.ArrayLike,
    median: npt.ArrayLike,
    bands: Bands | None = None,
    *,
    actual: npt.ArrayLike | None = None,
    title: str = "",
    y_label: str = "",
) -> Any:
    """Draw a history and its forecast with plotly, with zoom and values at the pointer.

    Args:
        history_ds, history, forecast_ds, median, bands, actual, title, y_label: as in
            `fan_matplotlib`.

    Returns:
        A `plotly.graph_objects.Figure`.

    Raises:
        UsageError: plotly is not installed.
    """
    require("plotly")
    from plotly.graph_objects import Figure, Scatter

    past, times, line = _connected(history_ds, history, forecast_ds, median)
    ahead = _times(forecast_ds)
    figure = Figure()
    for level in sorted(bands or {}, reverse=True):
        lower, upper = (np.asarray(end, dtype=np.float64) for end in (bands or {})[level])
        figure.add_trace(
            Scatter(
                x=np.concatenate([ahead, ahead[::-1]]),
                y=np.concatenate([upper, lower[::-1]]),
                fill="toself",
                fillcolor=_FORECAST,
                opacity=_OPACITY,
                line={"width": 0},
                name=f"{level:g} % interval",
                hoverinfo="skip",
            )
        )
    style = {"mode": "lines"}
    figure.add_trace(
        Scatter(x=_times(history_ds), y=past, name="history", line={"color": _HISTORY}, **style)
    )
    figure.add_trace(Scatter(x=times, y=line, name="forecast", line={"color": _FORECAST}, **style))
    if actual is not None:
        points = np.asarray(actual, dtype=np.float64)
        marker = {"color": _ACTUAL}
        figure.add_trace(Scatter(x=ahead, y=points, name="actual", mode="markers", marker=marker))
    figure.update_layout(title=title, yaxis_title=y_label, hovermode="x unified")
    return figure


def _connected(
    history_ds: npt.ArrayLike,
    history: npt.ArrayLike,
    forecast_ds: npt.ArrayLike,
    median: npt.ArrayLike,
) -> tuple[FloatArray, Any, FloatArray]:
    """Return the history, and the forecast's times and values with the history's last point."""
    past, line = np.asarray(history, dtype=np.float64), np.asarray(median, dtype=np.float64)
    times, ahead = _times(history_ds), _times(forecast_ds)
    return past, np.concatenate([times[-1:], ahead]), np.concatenate([past[-1:], line])


def _between_gaps(values: FloatArray) -> BoolArray:
    """Return `[T]` whether a value is observed and its neighbours are missing."""
    missing = np.isnan(np.concatenate([[np.nan], values, [np.nan]]))
    return np.asarray(missing[:-2] & ~missing[1:-1] & missing[2:])


def _times(values: npt.ArrayLike) -> Any:
    return np.asarray(values)


def bars_matplotlib(
    rows: Sequence[tuple[str, float]], *, title: str = "", x_label: str = ""
) -> Any:
    """Draw labelled values as horizontal bars with matplotlib, the first on top.

    Args:
        rows: label and value; negative values have another colour.
        title: above the chart.
        x_label: name and unit of the values.

    Returns:
        A `matplotlib.figure.Figure`, not registered with pyplot.

    Raises:
        UsageError: matplotlib is not installed.
    """
    require("matplotlib")

    from gated.plot.notebook_figure import NotebookFigure

    figure = NotebookFigure(figsize=(8, 1.0 + 0.3 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    labels, values = [label for label, _ in rows], np.array([value for _, value in rows])
    axes.barh(labels, values, color=np.where(values < 0, _FORECAST, _HISTORY))
    axes.invert_yaxis()
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_xlabel(x_label)
    return figure


def require(library: str) -> None:
    """Check that a library of the extra `plot` is installed.

    Raises:
        UsageError: it is not.
    """
    if find_spec(library) is None:
        raise UsageError(
            f"This chart needs {library}, which is not installed. "
            'Install it with pip install "gated[plot]".'
        )
