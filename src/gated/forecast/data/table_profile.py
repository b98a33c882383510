"""What is learned about a table besides the network's weights; it is saved with the model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.calendar_inputs import (
    calendar_features,
    holiday_group,
    learn_holidays,
    with_holidays,
)
from gated.forecast.data.closed_steps import Closing, closed_steps, find_closing
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.covariate_selection import target_history, uninformative
from gated.forecast.data.rows import before
from gated.table import Table
from gated.table.time.holidays import HolidayCalendar

__all__ = ["TableProfile"]

_HOLIDAY_COLUMNS_KEY = "feasts"  # the key of `HolidayCalendar.own_columns` in model files


@dataclass(frozen=True)
class TableProfile:
    """What was learned about a table.

    Attributes:
        known: how covariates known ahead become inputs, less the uninformative ones.
        past: how covariates known up to the present do.
        static: how the features of series do.
        uninformative: covariates that are left out, for they do not explain the target.
        holidays: the place's calendar, if any; its columns stand behind the covariates.
        calendar_names: the calendar features in use.
        closing: the feature that closes the series, if any.
        non_negative: no observed value was below 0.
        integer: every observed value was whole.
        unused: covariates that the network in use has no inputs for.
        own_seasons: (steps, series) how many series keep a season that is not the table's.
    """

    known: CovariateEncoder
    past: CovariateEncoder
    static: CovariateEncoder
    uninformative: tuple[str, ...]
    holidays: HolidayCalendar | None
    calendar_names: tuple[str, ...]
    closing: Closing | None
    non_negative: bool
    integer: bool
    unused: tuple[str, ...] = ()
    own_seasons: tuple[tuple[int, int], ...] = ()

    @classmethod
    def learn(
        cls,
        table: Table,
        end: IntArray | None = None,
        place: str | None = None,
        *,
        selects: bool = True,
    ) -> "TableProfile":
        """Profile a table.

        Args:
            table: the past.
            end: [N] steps of each series from here on are held out: covariates are measured and
                selected, and the closing is found, before them. Signs and whole numbers are taken
                from all steps.
            place: whose public holidays matter.
            selects: whether uninformative covariates are left out; needless where none is used.
        """
        learned = np.ones(table.n_rows, dtype=bool) if end is None else before(end, table.offsets)
        holidays = None if place is None else learn_holidays(place, table.ds[learned], table)
        covariates = with_holidays(table.covariates, table.ds, holidays)
        names = (*table.covariate_names, *(holidays.names if holidays else ()))
        known = CovariateEncoder.learn(names, covariates[learned], table.categories)
        past = CovariateEncoder.learn(
            table.past_names, table.past_covariates[learned], table.categories
        )
        static = CovariateEncoder.learn(
            table.static.names, table.static.values, table.static.categories, times_needed=2
        )
        inputs = known.inputs(covariates)
        closing = find_closing(table.y[learned], known, inputs[learned])
        observed = table.y[np.isfinite(table.y)]
        profile = cls(
            known=known,
            past=past,
            static=static,
            uninformative=(),
            holidays=holidays,
            calendar_names=calendar_features(table),
            closing=closing,
            non_negative=bool((observed >= 0).all()),
            integer=bool((observed == np.round(observed)).all()),
        )
        if selects and (known.features or past.features):
            return profile._selected(table, learned & ~profile.is_closed(inputs), inputs)
        return profile

    def _selected(self, table: Table, shown: BoolArray, inputs: FloatArray) -> "TableProfile":
        """The profile without uninformative covariates, tested on rows [R] that are shown."""
        history = target_history(table, shown)
        group = holiday_group(self.holidays) if self.holidays is not None else ""
        columns = self.holidays.names if self.holidays is not None else ()
        groups = dict.fromkeys(columns, group)
        spared = self.closing.covariate if self.closing is not None else None
        late = table.frequency.season_length  # what is known late must explain a season later
        past = self.past.inputs(table.past_covariates)
        left_out = (
            *uninformative(history, self.known, inputs, groups=groups, spared=spared),
            *uninformative(history, self.past, past, groups=groups, spared=spared, lag=late),
        )
        dropped = {*left_out, *(columns if group in left_out else ())}
        return replace(
            self,
            known=self.known.without(dropped),
            past=self.past.without(dropped),
            uninformative=left_out,
        )

    def without_inputs(self) -> "TableProfile":
        """The profile for a network that has no inputs but values: only the closing is kept."""
        closes = self.closing.covariate if self.closing is not None else None
        given = {f.covariate: None for kind in (self.known, self.past) for f in kind.features}
        unused = tuple(name for name in given if name != closes)
        group = holiday_group(self.holidays) if self.holidays is not None else ""
        columns = self.holidays.names if self.holidays is not None else ()
        named = [group if name in columns else name for name in (*unused, *self.static.names)]
        return replace(
            self,
            known=self.known.without(unused),
            past=self.past.without(unused),
            static=self.static.without(self.static.names),
            uninformative=(),
            calendar_names=(),
            unused=tuple(dict.fromkeys(named)),
        )

    def inputs(self, covariates: FloatArray, ds: NDArray[Any]) -> FloatArray:
        """The features [R, E] of covariates [R, F] at times [R], as they come."""
        return self.known.inputs(with_holidays(covariates, ds, self.holidays))

    def is_closed(self, inputs: FloatArray) -> BoolArray:
        """Where features [..., E] say that the series is closed: [...]."""
        return closed_steps(self.known, self.closing, inputs)

    def closed_before(self, table: Table) -> BoolArray:
        """[R] where the series of a table were closed."""
        return self.is_closed(self.inputs(table.covariates, table.ds))

    def closed_ahead(self, table: Table, future: FloatArray) -> BoolArray:
        """[N, h] where they will be, from covariates [N, h, F] of the steps ahead."""
        n, h, width = future.shape
        ds = table.frequency.future(table.last_ds, h).reshape(-1)
        return self.is_closed(self.inputs(future.reshape(n * h, width), ds)).reshape(n, h)

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        stored = asdict(self)
        if self.holidays is not None:
            names = stored["holidays"].pop("own_columns")
            stored["holidays"][_HOLIDAY_COLUMNS_KEY] = names
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TableProfile":
        """Build the profile from the values of `to_json`."""
        plain = dict(stored)
        if "silent" in plain:  # its name up to version 3 of the model file
            plain["uninformative"] = plain.pop("silent")
        for name in ("known", "past", "static"):
            plain[name] = CovariateEncoder.from_json(plain[name])
        for name in ("uninformative", "calendar_names", "unused"):
            plain[name] = tuple(plain[name])
        plain["own_seasons"] = tuple(tuple(pair) for pair in plain.get("own_seasons", ()))
        if plain["holidays"] is not None:
            columns = tuple(plain["holidays"][_HOLIDAY_COLUMNS_KEY])
            plain["holidays"] = HolidayCalendar(plain["holidays"]["place"], columns)
        if plain["closing"] is not None:
            plain["closing"] = Closing(**plain["closing"])
        return cls(**plain)
