"""Forecasts several live states of the same decisions in one run of the network.

Programs that keep the state of every series by itself, such as a server, forecast those together
that are requested together. The three steps are apart, because only the second takes time, and it
reads no state: values may come in meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gated.errors import UsageError
from gated.forecast.live.asked import LiveForecast
from gated.forecast.live.live import Live
from gated.forecast.live.state.past import Past
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.forecast.prediction.predict import Prediction, predict

__all__ = ["Together"]


class Together:
    """One forecast of several states; made, run and noted one after another.

    Args:
        lives: states of the same decisions (`Live.with_past`, `with_states` and `only` keep them).

    Raises:
        UsageError: there is none, or one has other decisions.

    >>> import pandas as pd
    >>> from gated import Forecaster
    >>> days = pd.date_range("2024-01-01", periods=70, freq="D")
    >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
    >>> live = Forecaster().watch(sales, h=7)
    >>> both = Together([live, live.with_past(sales[:60])])
    >>> both.run()
    >>> both.noted().ds[:, 0].astype("M8[D]").tolist()
    [datetime.date(2024, 3, 11), datetime.date(2024, 3, 1)]
    """

    def __init__(self, lives: Sequence[Live]) -> None:
        if len({id(live.rules) for live in lives}) != 1:
            raise UsageError(
                "The states have several decisions, or there is none. Expected states of one "
                "`Live`: of with_past, with_states or only."
            )
        self._lives, self._rules = lives, lives[0].rules
        self._lengths = [live._states.past.length.copy() for live in lives]
        past = Past.of_newest([live._states.past for live in lives])
        self._ids, self._last = past.ids, past.last
        self._data = self._rules.dataset(past, np.arange(len(past)), self._rules.h)

    def run(self) -> None:
        """Run the network. No state is read or changed.

        Raises:
            GatedError: the network's output is not finite.
        """
        season = self._rules.table.frequency.season_length
        self._made = predict(self._rules.fitted, self._data, season, self._rules.h)

    def noted(
        self, *, level: Numbers | None = None, quantiles: Numbers | None = None
    ) -> LiveForecast:
        """The forecasts of all series, one state after another, with the widths of now.

        They are stored for the values that follow, except in states that got values since.

        Args:
            level, quantiles: as of `Live.forecast`.
        """
        columns, made, start = ForecastColumns.of(level, quantiles), self._made, 0
        found = made.quantiles.copy()
        for live, length in zip(self._lives, self._lengths, strict=True):
            rows = slice(start, start + len(length))
            start += len(length)
            every = np.arange(len(length))
            if np.array_equal(live._states.past.length, length):
                found[rows] = live._noted(every, _part(made, rows)).quantiles
            elif live.options.adaptive:
                found[rows] = live._states.widths.adapted(every, made.quantiles[rows])
        shown = replace(made, quantiles=found)
        ds = self._rules.table.frequency.future(self._last, self._rules.h)
        return LiveForecast(self._ids, ds, shown.columns(columns))


def _part(made: Prediction, rows: slice) -> Prediction:
    """The forecast of some series."""
    return Prediction(
        made.quantiles[rows],
        made.mean[rows],
        made.closed[rows],
        made.is_non_negative[rows],
        made.is_integer[rows],
    )
