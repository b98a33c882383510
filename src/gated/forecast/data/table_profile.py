"""Profiles a table: encoders of its covariates, closed steps, sign and whole numbers, seasons.

The profile is all that fitting measures besides the weights of the network and their
validation. It is saved with the model.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.closed.calendar import ClosedCalendar
from gated.forecast.data.closed.covariate import Closing, closed_steps, find_closing
from gated.forecast.data.closed.search import find_closed_calendar, with_own_rules
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.regression.effect import CovariateRegression
from gated.forecast.data.time_features.calendar import calendar_features
from gated.forecast.data.time_features.holidays import (
    HolidayCalendar,
    holiday_calendar,
    holiday_group,
    with_holidays,
)
from gated.table import Table

__all__ = ["TableProfile"]

_HOLIDAY_COLUMNS_KEY = "feasts"  # the key of `HolidayCalendar.own_columns` in model files


@dataclass(frozen=True)
class TableProfile:
    """The profile of a table.

    Attributes:
        known: encoder of the known-future covariates, without the uninformative ones.
        past: encoder of the past covariates.
        static: encoder of the static features.
        uninformative: covariates that are left out, because they do not explain the target.
        holidays: holiday calendar, if any; its columns follow the covariates.
        calendar_names: the calendar features in use.
        closing: the feature that marks closed steps, if any.
        non_negative: whether no observed value is below 0.
        integer: whether every observed value is a whole number.
        unused: static features for which the network in use has no inputs.
        own_seasons: (steps, series): number of series with each season length other than the
            table's.
        closed_calendar: weekdays, hours, dates and holidays that are closed.
        regression: the effect of covariates for which the network has no inputs, if any.
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
    closed_calendar: ClosedCalendar = field(default_factory=ClosedCalendar)
    regression: CovariateRegression | None = None

    @classmethod
    def fit(
        cls,
        table: Table,
        shown: BoolArray | None = None,
        place: str | None = None,
    ) -> "TableProfile":
        """Profile a table.

        Args:
            table: the past.
            shown: [R] rows that are not held out: covariates are measured, and closed steps
                detected, there. Signs and whole numbers are taken from all rows. None: all.
            place: place of the public holidays.
        """
        shown = np.ones(table.n_rows, dtype=bool) if shown is None else shown
        holidays = None if place is None else holiday_calendar(place, table.ds[shown], table)
        covariates = with_holidays(table.covariates, table.ds, holidays)
        names = (*table.covariate_names, *(holidays.names if holidays else ()))
        known = CovariateEncoder.fit(names, covariates[shown], table.categories)
        past = CovariateEncoder.fit(
            table.past_names, table.past_covariates[shown], table.categories
        )
        static = CovariateEncoder.fit(
            table.static.names, table.static.values, table.static.categories, times_needed=2
        )
        # Closed holidays are part of the closed calendar.
        given = known.without(holidays.names) if holidays is not None else known
        closing = find_closing(table.y[shown], given, given.inputs(covariates[shown]))
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
        return profile.with_closed_calendar(table, shown)

    def with_closed_calendar(self, table: Table, shown: BoolArray | None = None) -> "TableProfile":
        """The profile with the closed calendar of the shown rows [R] of a table; None: all rows.

        Steps that a covariate closes are no evidence: the covariate is known for the future too.
        """
        shown, place = self._evidence(table, shown)
        return replace(self, closed_calendar=find_closed_calendar(table, shown, place))

    def with_own_closings(self, table: Table, *, single: bool = True) -> "TableProfile":
        """The profile with the closed steps of the single series of another table, if it has none.

        The rules for all series stay.

        Args:
            table: the past.
            single: whether dates of one series alone are searched; False: of groups of them.
        """
        calendar = self.closed_calendar
        if calendar.own or calendar.own_dates:
            return self
        shown, place = self._evidence(table)
        found = with_own_rules(calendar, table, shown, place, single=single)
        return replace(self, closed_calendar=found)

    def _evidence(
        self, table: Table, shown: BoolArray | None = None
    ) -> tuple[BoolArray, str | None]:
        """[R] the shown rows that no covariate closes, and the place of the holidays."""
        shown = np.ones(table.n_rows, dtype=bool) if shown is None else shown
        if self.closing is not None:
            shown = shown & ~self.features(table.covariates, table.ds)[1]
        return shown, self.holidays.place if self.holidays is not None else None

    @property
    def groups(self) -> dict[str, str]:
        """Maps each column of the holidays to the name of all of them."""
        if self.holidays is None:
            return {}
        return dict.fromkeys(self.holidays.names, holiday_group(self.holidays))

    def without_inputs(self) -> "TableProfile":
        """The profile for a network that reads only values: only closed steps are kept."""
        closing = self.closing.covariate if self.closing is not None else None
        given = {f.covariate: None for kind in (self.known, self.past) for f in kind.features}
        others = tuple(name for name in given if name != closing)
        return replace(
            self,
            known=self.known.without(others),
            past=self.past.without(others),
            static=self.static.without(self.static.names),
            uninformative=(),
            calendar_names=(),
            unused=self.static.names,
        )

    def without_series(self) -> "TableProfile":
        """The profile without labels of series."""
        return replace(self, closed_calendar=self.closed_calendar.without_series())

    @property
    def without_effect(self) -> tuple[str, ...]:
        """The covariates that are left out: `uninformative` without holidays that are closed."""
        if not self.closed_calendar.closes_holidays:
            return self.uninformative
        return tuple(name for name in self.uninformative if name not in self.groups.values())

    @property
    def known_in_use(self) -> tuple[str, ...]:
        """The covariates of the table whose future values the forecast needs."""
        of_network = (feature.covariate for feature in self.known.features)
        of_regression = self.regression.covariates if self.regression is not None else ()
        others = (*self.past.names, *(self.holidays.names if self.holidays is not None else ()))
        names = dict.fromkeys((*of_network, *of_regression))
        return tuple(name for name in names if name not in others)

    def features(self, covariates: FloatArray, ds: NDArray[Any]) -> tuple[FloatArray, BoolArray]:
        """The features of covariates [R, F] at times [R], and which steps they close.

        Returns:
            The features [R, E], not standardised, and [R] whether each step is closed.
        """
        inputs = self.known.inputs(with_holidays(covariates, ds, self.holidays))
        return inputs, closed_steps(self.known, self.closing, inputs)

    def closed_before(self, table: Table, shown: BoolArray | None = None) -> BoolArray:
        """[R] whether each past step of a table was closed.

        Args:
            table: the past.
            shown: [R] rows where a series shows whether it follows the calendar; None: all.
        """
        series = np.repeat(np.arange(table.n_series), table.lengths)
        by_covariate = self.features(table.covariates, table.ds)[1]
        return by_covariate | self.closed_calendar.closed_rows(table, table.ds, series, shown)

    def closed_ahead(self, table: Table, future: FloatArray) -> BoolArray:
        """[N, h] whether each step ahead is closed, from its covariates [N, h, F]."""
        n, h, width = future.shape
        ds = table.frequency.future(table.last_ds, h).reshape(-1)
        by_covariate = self.features(future.reshape(n * h, width), ds)[1]
        series = np.repeat(np.arange(n), h)
        closed = by_covariate | self.closed_calendar.closed_rows(table, ds, series)
        return closed.reshape(n, h)

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
        if "closed_calendar" in plain:  # from version 5 of the model file on
            plain["closed_calendar"] = ClosedCalendar.from_json(plain["closed_calendar"])
        if plain.get("regression") is not None:
            plain["regression"] = CovariateRegression.from_json(plain["regression"])
        return cls(**plain)
