"""Defines `Live`: a state of series that is kept, updated with new values, and forecast.

`Forecaster.watch` makes it. What a forecast reads of the past is bounded: the newest values, in
rings (`past`), and a few facts on all values. So an update and a forecast take the same time and
memory after ten values and after ten million.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any, Self

import numpy as np

from gated.arrays import IntArray, ObjectArray
from gated.errors import UsageError
from gated.files import write_whole
from gated.forecast.config import ForecasterConfig
from gated.forecast.estimator import Estimator
from gated.forecast.inputs import horizon_for, read_like, without_covariates, without_rows
from gated.forecast.live.asked import LiveForecast, chosen_series, horizon_of
from gated.forecast.live.observed import Observed
from gated.forecast.live.options import Options
from gated.forecast.live.placing import place, unknown_series, with_new_series
from gated.forecast.live.rules import Rules
from gated.forecast.live.state.state_file import (
    content_of,
    packed_live,
    packed_states,
    unpacked_live,
    unpacked_states,
)
from gated.forecast.live.state.states import States
from gated.forecast.live.surprise import flags
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.forecast.prediction.predict import Prediction, predict
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.forecast.validation.combination import Combination
from gated.table import Table, read_new_rows, to_frame
from gated.text import counted

__all__ = ["Live"]


class Live:
    """Series whose forecasts follow every new value. `Forecaster.watch` makes it.

    `update` takes new rows, `forecast` the next steps. A forecast is that of the whole past again:
    to the bit while a series has at most `rows` steps, later to rounding errors of float32 (about
    1e-6 of the spread of a series, whose scale is measured on the steps that are kept). Both take
    time and memory that do not grow with the past.

    These decisions are made by `watch`, and kept until `refresh`, or until the table is watched
    again: the step, season lengths and closed days of the table, and which series follow them; the
    validation, that is the weights of the network's views and of the baseline, the calibrated
    widths and the model of the mean. For series whose own cycle is read (no calendar, such as
    sunspots), it is searched in the newest 4,096 values.

    The intervals adapt as values come in (`adaptive`): each series has factors of its widths, by
    step ahead and for each side, so that in the long run the requested share of the values is
    inside, also after a shift of level or scale. Only forecasts that were made, by `forecast`,
    are compared with the values that follow.

    Attributes:
        rules: the decisions.
        options: the options of `watch`.

    >>> import numpy as np, pandas as pd
    >>> from gated import Forecaster
    >>> days = pd.date_range("2024-01-01", periods=71, freq="D")
    >>> sales = pd.DataFrame({"ds": days, "y": 10.0 + 5 * (days.day_of_week >= 5)})
    >>> live = Forecaster().watch(sales[:70], h=7)
    >>> live.forecast(2)["gated"].round().tolist()
    [10.0, 10.0]
    >>> seen = live.update({"ds": "2024-03-11", "y": 30})
    >>> seen.expected.round().tolist(), seen.unlikely.tolist()
    ([10.0], [True])
    """

    def __init__(
        self, rules: Rules, states: States, options: Options, config: ForecasterConfig
    ) -> None:
        self.rules, self.options, self._config = rules, options, config
        self._states = states

    @classmethod
    def of(
        cls,
        table: Table,
        fitted: Fitted,
        h: int,
        config: ForecasterConfig,
        options: Options | None = None,
    ) -> "Live":
        """Make the state of a table.

        Args:
            table: the past, without covariates.
            fitted: the decisions; its network and profile read no covariates.
            h: steps ahead, at most.
            config: the hyperparameters, for `refresh`.
            options: the options of `watch`; by default the usual ones.
        """
        rules = Rules(fitted, without_rows(table), h)
        return cls(rules, States.of(rules.past_of(table), h), options or Options(), config)

    @property
    def ids(self) -> ObjectArray:
        """[N] the labels of the series."""
        return self._states.past.ids

    @property
    def h(self) -> int:
        """Steps ahead, at most."""
        return self.rules.h

    @property
    def rows(self) -> int:
        """The number of newest steps of a series that are kept, at most."""
        return self._states.past.rows

    @property
    def n_bytes(self) -> int:
        """Bytes of memory that the states of the series take; the decisions take more."""
        return self._states.n_bytes

    @property
    def verdict(self) -> Combination:
        """The validation result that is kept; `text` describes it."""
        return self.rules.fitted.combination

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        series = counted(len(self), "series", "series")
        return f"<Live state of {series}, {self.rules.table.frequency.description}, h={self.h}>"

    def update(self, rows: Any) -> Observed:
        """Take new rows: of one or many series, one or many steps.

        Rows in another order than that of time are sorted; a row of an older step that had no
        value fills it; a row that repeats a known value is left out; steps without a row are not
        observed. `Observed.notes` describes these repairs.

        Args:
            rows: a frame, a dict of columns, a list of dicts or one dict, with the columns of the
                table.

        Returns:
            The values in the order of their rows, and how likely each one was under the latest
            forecast made before.

        Raises:
            DataError: a row cannot be read, is not on the grid of the times, is older than what is
                kept, or contradicts a known value. Then no row was taken.
        """
        table, states = self.rules.table, self._states
        new = read_new_rows(
            rows,
            table.schema,
            numbered=table.frequency.is_numbered,
            only_label=self.ids[0] if len(self) else None,
        )
        series = np.array([states.past.index(label) for label in new.labels.tolist()])
        if (series < 0).any():
            if not self.options.new_series:
                raise unknown_series(new, states.past, np.flatnonzero(series < 0))
            states, series = with_new_series(states, new, self.rules, series)
        placed = place(new, states.past, self.rules, series[new.codes])
        steps, values = placed.steps, placed.steps.open_values
        expected, likely = states.latest.of(steps.series, steps.step, values)
        if self.options.adaptive:
            states.widths.observe(steps.series, steps.step, values)
        states.past.put(steps)
        self._states = states
        given = np.flatnonzero(placed.row >= 0)
        given = given[np.argsort(placed.row[given], kind="stable")]
        return Observed(
            table.schema,
            self.ids[steps.series[given]],
            steps.ds[given],
            steps.y[given],
            expected[given],
            likely[given],
            flags(likely[given], self.options.unlikely),
            placed.notes,
        )

    def forecast(
        self,
        h: int | None = None,
        *,
        level: Numbers | None = None,
        quantiles: Numbers | None = None,
        series: Iterable[Any] | str | None = None,
    ) -> Any:
        """Forecast the `h` steps after the last value of each series.

        Args:
            h: steps ahead, at most those of `watch`, which are the default.
            level, quantiles: as of `Forecaster.predict`.
            series: the label of one series, or several; None: all. The forecast of some is that of
                a table of these series.

        Returns:
            A frame of the kind of the table: id, time, `gated`, `gated-mean` and the requested
            columns, `h` rows for each series.

        Raises:
            UsageError: an argument is out of range, or there is no such series.
        """
        made = self.forecast_arrays(h, level=level, quantiles=quantiles, series=series)
        schema, steps = self.rules.table.schema, made.ds.shape[1]
        columns: dict[str, Any] = {
            schema.id_col: np.repeat(made.ids, steps),
            schema.time_col: made.ds.reshape(-1),
        }
        columns |= {name: values.reshape(-1) for name, values in made.columns.items()}
        return to_frame(schema, columns)

    def forecast_arrays(
        self,
        h: int | None = None,
        *,
        level: Numbers | None = None,
        quantiles: Numbers | None = None,
        series: Iterable[Any] | str | None = None,
    ) -> LiveForecast:
        """The same as `forecast`, as arrays, which are made in less time.

        Raises:
            UsageError: as `forecast`.
        """
        steps, requested = horizon_of(h, self.h), ForecastColumns.of(level, quantiles)
        chosen = chosen_series(self._states.past, series)
        past = self._states.past
        prediction = self._predicted(chosen, steps)
        ds = self.rules.table.frequency.future(past.last[chosen], steps)
        return LiveForecast(past.ids[chosen], ds, prediction.columns(requested))

    def _predicted(self, series: IntArray, h: int) -> Prediction:
        """Forecast some series, and store the forecast for the values that follow."""
        rules, states = self.rules, self._states
        data = rules.dataset(states.past, series, h)
        made = predict(rules.fitted, data, rules.table.frequency.season_length, h)
        return self._noted(series, made)

    def _noted(self, series: IntArray, made: Prediction) -> Prediction:
        """A forecast of some series with the widths of now; stored for the values that follow."""
        states = self._states
        if self.options.adaptive:
            made = replace(made, quantiles=states.widths.adapted(series, made.quantiles))
            states.widths.note(series, states.past.length[series], made.quantiles)
        limit = np.where(made.is_non_negative, 0.0, -np.inf)[:, None, None]
        shown = np.maximum(made.quantiles, limit)
        states.latest.note(series, states.past.length[series], shown)
        return made

    def refresh(self) -> Self:
        """Decide anew, from the steps that are kept; see the class for the decisions.

        The factors of the widths start again, because the widths themselves are calibrated again.

        Raises:
            UsageError: the network was trained on its table, which is not kept.
        """
        if self.verdict.origin != "pretrained":
            raise UsageError(
                "The network of this state was trained on its table, which is not kept. Fit a "
                "forecaster with a newer table, and watch it again."
            )
        table = self._states.past.table(self.rules.table)
        fitted = fit_zero_shot(table, self.h, self._config)
        fresh = Live.of(table, fitted, self.h, self._config, self.options)
        self.rules, self._states = fresh.rules, fresh._states
        return self

    def save(self, path: str | Path) -> None:
        """Write the state to one file: safetensors and JSON, the whole file or nothing.

        The pretrained network is not in the file, nor is one that was trained: `load` takes it
        from the package, or from the forecaster.

        Raises:
            GatedError: the file cannot be written, or a label is of a type that JSON does not
                support.
        """
        write_whole(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """The bytes of a file of `save`, for a database.

        Raises:
            GatedError: a label is of a type that JSON does not support.
        """
        return packed_live(self.rules, self._states, self.options, self._config)

    @classmethod
    def load(cls, path: str | Path, *, model: Estimator | None = None) -> "Live":
        """Load a state from a file of `save`.

        Args:
            path: of the file.
            model: the forecaster that was watched, if its network was trained.

        Raises:
            ModelFileError: missing, changed, damaged, no state, or of another version.
            UsageError: the model is missing, or is another one.
        """
        return cls(*unpacked_live(content_of(Path(path)), str(path), model))

    @classmethod
    def from_bytes(cls, content: bytes, name: str, *, model: Estimator | None = None) -> "Live":
        """The state of bytes of `to_bytes`; `name` says in messages what they are.

        Raises:
            ModelFileError, UsageError: as `load`.
        """
        return cls(*unpacked_live(content, name, model))

    def state_of(self, unique_id: object) -> bytes:
        """The state of one series, for `with_states`; the decisions are not part of it.

        Raises:
            UsageError: there is no such series.
        """
        return packed_states(
            self._states.part(chosen_series(self._states.past, [unique_id])), self.rules
        )

    def with_states(self, states: Mapping[Any, bytes]) -> "Live":
        """The same decisions with the states of other series, by `state_of`.

        Args:
            states: the state of each series. A series of this label is replaced; others are
                added.

        Returns:
            A new state; this one does not change.

        Raises:
            ModelFileError: a state is damaged, or belongs to other decisions.
        """
        parts = [
            unpacked_states(content, self.rules, f"The state of series `{label}`")
            for label, content in states.items()
        ]
        merged = self._states.replaced(reduce(States.joined, parts)) if parts else self._states
        return Live(self.rules, merged, self.options, self._config)

    def with_past(self, df: Any) -> "Live":
        """The same decisions with the series of another table, whose past is read anew.

        Series that this state has keep the factors of their widths.

        Args:
            df: a frame, the path of a file, or a `Table`, with the columns of the table.

        Raises:
            DataError: the table cannot be read or forecast.
            UsageError: it has another frequency, or is too short for the horizon.
        """
        table = without_covariates(read_like(df, self.rules.table).past)
        horizon_for(table, self.h)
        states = States.of(self.rules.past_of(table), self.h)
        own = np.array([self._states.past.index(label) for label in table.ids])
        factors = self._states.widths.factors[own[own >= 0]]
        states.widths.factors[own >= 0] = factors
        return Live(self.rules, states, self.options, self._config)

    def only(self, series: Iterable[Any] | str) -> "Live":
        """The same decisions with some of the series.

        Raises:
            UsageError: there is no such series.
        """
        part = self._states.part(chosen_series(self._states.past, series))
        return Live(self.rules, part, self.options, self._config)
