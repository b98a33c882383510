"""The fan chart as a figure of matplotlib or plotly, for notebooks and slides.

    fan_matplotlib(dates, history, dates_ahead, median, {80: (lower, upper)}).savefig("fan.png")

The arguments are those of `gated.plot.figure.fan_figure`. Both libraries come with
`pip install "gated[plot]"`, and are imported only here.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError

__all__ = ["fan_matplotlib", "fan_plotly"]

Bands = Mapping[float, tuple[npt.ArrayLike, npt.ArrayLike]]

_HISTORY, _FORECAST, _ACTUAL = "#3d76a6", "#c55f1f", "#2f8556"
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
    """Draw a forecast behind its history.

    Args:
        history_ds, history: `[T]` times and past values; NaN stay gaps.
        forecast_ds, median: `[h]` times ahead and the forecast.
        bands: level in percent to `(lower, upper)`, `[h]` each.
        actual: `[h]` what came, drawn as points.
        title: above.
        y_label: what is measured, and in which unit.

    Returns:
        A `matplotlib.figure.Figure` of its own, which pyplot knows nothing of.

    Raises:
        UsageError: matplotlib is not installed.
    """
    _require("matplotlib")
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    past, onward, line = _joined(history_ds, history, forecast_ds, median)
    for level in sorted(bands or {}, reverse=True):  # the widest lies at the bottom
        lower, upper = (np.asarray(end, dtype=np.float64) for end in (bands or {})[level])
        words = f"{level:g} % interval"
        axes.fill_between(
            _times(forecast_ds), lower, upper, color=_FORECAST, alpha=_OPACITY, lw=0, label=words
        )
    axes.plot(_times(history_ds), past, color=_HISTORY, lw=1.4, label="observed")
    axes.plot(onward, line, color=_FORECAST, lw=2, label="forecast")
    if actual is not None:
        came = np.asarray(actual, dtype=np.float64)
        axes.plot(_times(forecast_ds), came, ".", color=_ACTUAL, label="what came")
    if np.issubdtype(onward.dtype, np.datetime64):
        locator: Any = AutoDateLocator()  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        formatter: Any = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(formatter)
    axes.set_title(title, loc="left")
    axes.set_ylabel(y_label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, ncols=4, fontsize="small")
    return figure


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
    """Draw a forecast behind its history, to be zoomed and hovered over.

    Args:
        history_ds, history, forecast_ds, median, bands, actual, title, y_label: as of
            `fan_matplotlib`.

    Returns:
        A `plotly.graph_objects.Figure`.

    Raises:
        UsageError: plotly is not installed.
    """
    _require("plotly")
    from plotly.graph_objects import Figure, Scatter

    past, onward, line = _joined(history_ds, history, forecast_ds, median)
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
        Scatter(x=_times(history_ds), y=past, name="observed", line={"color": _HISTORY}, **style)
    )
    figure.add_trace(Scatter(x=onward, y=line, name="forecast", line={"color": _FORECAST}, **style))
    if actual is not None:
        came = np.asarray(actual, dtype=np.float64)
        marker = {"color": _ACTUAL}
        figure.add_trace(Scatter(x=ahead, y=came, name="what came", mode="markers", marker=marker))
    figure.update_layout(title=title, yaxis_title=y_label, hovermode="x unified")
    return figure


def _joined(
    history_ds: npt.ArrayLike,
    history: npt.ArrayLike,
    forecast_ds: npt.ArrayLike,
    median: npt.ArrayLike,
) -> tuple[FloatArray, Any, FloatArray]:
    """The past, and the forecast with the past's last point before it."""
    past, line = np.asarray(history, dtype=np.float64), np.asarray(median, dtype=np.float64)
    times, onward = _times(history_ds), _times(forecast_ds)
    return past, np.concatenate([times[-1:], onward]), np.concatenate([past[-1:], line])


def _times(values: npt.ArrayLike) -> Any:
    return np.asarray(values)


def _require(library: str) -> None:
    if find_spec(library) is None:
        raise UsageError(
            f"This picture needs {library}, which is not installed. "
            'Install it with pip install "gated[plot]".'
        )
