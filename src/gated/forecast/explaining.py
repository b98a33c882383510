"""Defines the part of `Forecaster` that explains forecasts."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.what_if import Changes
from gated.forecast.request import Request

if TYPE_CHECKING:  # they load when a forecast is explained
    from gated.forecast.explain import Explanation, SeriesGates
    from gated.forecast.prediction.counterfactual import Counterfactual

__all__ = ["Explaining"]


class Explaining(ABC):
    """A forecaster that explains what it forecasts."""

    _latest: Forecast | None

    @abstractmethod
    def _forecast(self, request: Request, columns: ForecastColumns) -> Forecast:
        """Forecast as requested, and keep the forecast as the latest one."""

    def explain(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        series: object = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
    ) -> "Explanation":
        """Explain the whole forecast: what each past value and each covariate contributes.

        A forecast is the mean of the past that the recurrence reads (24 weeks of days) plus the
        contributions of past values (the same weekday of the last four weeks, the same time last
        year, the last day, …) and of the covariates. They add up to the forecast, with the
        network's correction, its views and the baseline, and are in the unit of the target.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.
            series: the label of one series; by default all, each of which takes a part of a second.

        Returns:
            An `Explanation`: `.frame` (contributions of the drivers), `.past()` (of each past
            value), `.sentences()`, `.drivers` (mean shares).

        Raises:
            NotFittedError, DataError: as `predict`.
            UsageError: there is no such series with a past, or there are too many values.

        Source: the forecast moves with its past, so that the gradient times the distances from a
        constant series adds up (Euler's theorem), and equals integrated gradients (Sundararajan et
        al. 2017, arXiv 1703.01365).

        >>> import numpy as np, pandas as pd
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> from gated import Forecaster
        >>> explained = Forecaster().explain(sales, h=7)
        >>> explained.drivers[0][0]
        'same weekday, last 4 weeks'
        """
        return self._latest_or(Request(df, h, X_df, futr_df, static_df)).explain(series)

    def what_if(
        self,
        changes: Changes,
        df: Any = None,
        h: int | None = None,
        *,
        series: object = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
    ) -> "Counterfactual":
        """Forecast again with other past values or covariates, and compare.

        Weights, validation and calibration are kept: nothing is fitted again.

        Args:
            changes: maps a covariate to its new value in all steps ahead, or to new values by time
                (past or ahead); or the target to new past values by time.
            df, h, X_df, futr_df, static_df: as in `predict`.
            series: the label of the series that changes; by default all.

        Returns:
            A `Counterfactual`: `.frame` (before, after, difference), `.text`, `.before`, `.after`.

        Raises:
            NotFittedError: as `predict`.
            DataError: a time or a value does not fit, or as `predict`.
            UsageError: a column or series is unknown, or the target would change ahead.

        >>> import numpy as np, pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> moved = Forecaster().what_if({"y": {"2024-03-10": 18}}, sales, h=7)  # a Sunday
        >>> moved.frame["difference"].round(1).tolist()
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0]
        """
        made = self._latest_or(Request(df, h, X_df, futr_df, static_df))
        return made.what_if(changes, series=series)

    def gates(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        series: object = None,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
    ) -> "tuple[SeriesGates, ...]":
        """Show the gates of the recurrence over the past: what it kept, and for how long.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.
            series: the label of one series; by default up to three, chosen evenly.

        Returns:
            For each series a `SeriesGates`: `.blocks` (the gates of each block), `.half_lives`,
            `.half_life_shares`, `.sentences`, `.picture`.

        Raises:
            NotFittedError, DataError: as `predict`.
            UsageError: there is no such series with a past.

        >>> import pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
        >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
        >>> (found,) = Forecaster().gates(sales, h=7)
        >>> found.patch, found.blocks[0].update.shape  # ten weeks, 192 units
        (7, (10, 192))
        """
        return self._latest_or(Request(df, h, X_df, futr_df, static_df)).gates(series)

    def remembered(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
        top: int = 3,
    ) -> Any:
        """List the past steps with the largest weights of the season memory for each forecast step.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.
            top: number of past steps for each forecast step.

        Returns:
            A frame of the same kind as the table: id, time, `remembered` (the past time),
            `seasons` (number of seasons before) and `weight` (share of the weighted mean of past
            values, before the network's correction), `top` rows per step, largest first; none for
            a step of a closed weekday or hour, for which no past value is read.
        """
        return self._latest_or(Request(df, h, X_df, futr_df, static_df)).remembered(top)

    def memory(
        self,
        df: Any = None,
        h: int | None = None,
        *,
        X_df: Any = None,
        futr_df: Any = None,
        static_df: Any = None,
    ) -> list[tuple[str, float]]:
        """The share of the memory weights at each distance in the past.

        Args:
            df, h, X_df, futr_df, static_df: as in `predict`.

        Returns:
            (description, share), largest first: ("1 week before", 0.46), ("52 weeks before", 0.2) …
        """
        return self._latest_or(Request(df, h, X_df, futr_df, static_df)).memory

    def _latest_or(self, request: Request) -> Forecast:
        """The requested forecast; if nothing is requested, the latest one."""
        if self._latest is not None and request.is_empty:
            return self._latest
        return self._forecast(request, ForecastColumns.of())
