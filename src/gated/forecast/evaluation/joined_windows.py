"""Joins the windows of a backtest into arrays, by series and cutoff, and groups their steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.errors import UsageError
from gated.forecast.baselines.method_forecast import MethodForecast
from gated.forecast.config import MODEL_NAME
from gated.forecast.evaluation.cutoff_forecasts import Cutoffs, Window
from gated.forecast.evaluation.scores import Actuals
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = ["By", "JoinedWindows"]

By = Literal["overall", "series", "cutoff", "step"]
"""What the steps of a backtest are grouped by."""


@dataclass(frozen=True, repr=False)
class JoinedWindows:
    """M forecasts of h steps, from all cutoffs of a backtest: by series, then by cutoff.

    Attributes:
        table: the whole past.
        cutoffs: the cutoffs.
        windows: the forecasts from each cutoff, the oldest first.
    """

    table: Table
    cutoffs: Cutoffs
    windows: tuple[Window, ...]

    @cached_property
    def series(self) -> IntArray:
        """[M] the series of each forecast, ascending."""
        return self.joined(lambda window: window.series)

    @cached_property
    def ds(self) -> NDArray[Any]:
        """[M, h] the forecast times."""
        return self.joined(lambda window: window.ds)

    @cached_property
    def actuals(self) -> Actuals:
        """The actual values."""
        return Actuals(
            self.joined(lambda window: window.actuals.y),
            self.joined(lambda window: window.actuals.scale),
            self.joined(lambda window: window.actuals.closed),
        )

    @cached_property
    def forecasts(self) -> dict[str, MethodForecast]:
        """The forecasts of each method, gated first, [M, h] each."""
        ours = self.ordered([window.prediction.constrained() for window in self.windows])
        mean = self.joined(lambda window: window.prediction.mean)
        forecasts = {MODEL_NAME: MethodForecast(ours[..., QUANTILES.index(0.5)], ours, mean)}
        for name in self.windows[0].others:
            parts = [window.others[name] for window in self.windows]
            quantiles = [part.quantiles for part in parts if part.quantiles is not None]
            forecasts[name] = MethodForecast(
                self.ordered([part.points for part in parts]),
                self.ordered(quantiles) if quantiles else None,
            )
        return forecasts

    def joined(self, part: Callable[[Window], NDArray[Any]]) -> NDArray[Any]:
        """Concatenate a part of every window, by series and cutoff."""
        return self.ordered([part(window) for window in self.windows])

    def ordered(self, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Concatenate arrays of the windows, by series and cutoff."""
        joined: NDArray[Any] = np.concatenate(parts)[self._order]
        return joined

    @cached_property
    def _order(self) -> IntArray:
        """The order of the rows by series; the windows are in the order of their cutoffs."""
        series = np.concatenate([window.series for window in self.windows])
        return np.argsort(series, kind="stable")

    @cached_property
    def cutoff_number(self) -> IntArray:
        """[M] the number of the cutoff of each forecast, 0 for the oldest."""
        return self.ordered(
            [np.full(len(window.series), number) for number, window in enumerate(self.windows)]
        )

    def groups(self, by: By) -> tuple[NDArray[Any], IntArray]:
        """Group the steps of all forecasts.

        Returns:
            The labels [K] of the groups, and the group of every step: 0 to K − 1, of a shape that
            broadcasts to [M, h].

        Raises:
            UsageError: `by` is unknown.
        """
        if by not in get_args(By):
            raise UsageError(f"by is {by!r}. Expected one of {', '.join(get_args(By))}.")
        if by == "series":
            distinct, group = np.unique(self.series, return_inverse=True)
            return self.table.ids[distinct], group[:, None]
        if by == "cutoff":
            # Series may end at different times: the label of a window is its latest cutoff.
            labels = np.stack([window.cutoff.max() for window in self.windows])
            return labels, self.cutoff_number[:, None]
        if by == "step":
            return np.arange(1, self.cutoffs.h + 1), np.arange(self.cutoffs.h)[None]
        return np.array(["all"], dtype=object), np.zeros((1, 1), dtype=np.int64)
