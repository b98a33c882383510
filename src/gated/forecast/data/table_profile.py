"""What is learned about a table besides the network's weights; it travels with the model."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.covariate_selection import TargetHistory, is_informative
from gated.forecast.data.series_scaler import SeriesScaler
from gated.table import Table
from gated.table.time.holidays import HolidayCalendar
from gated.text import listed, option

__all__ = ["Closing", "TableProfile", "before"]

# A calendar feature is learned only where its cycle was seen this often, in a table of at least
# this many values: two Decembers do not make a law, and a network with little to learn from
# memorises dates instead (decision 2).
_CYCLES_NEEDED = 4
_VALUES_NEEDED = 2000
# A covariate value at which the target was always 0, this often at least, closes the shop.
_CLOSINGS_NEEDED = 5


@dataclass(frozen=True)
class Closing:
    """A 0/1 feature that shuts the series: whenever it is `value`, the target is 0."""

    covariate: str
    category: int | None
    value: float
    times: int


@dataclass(frozen=True)
class TableProfile:
    """What was learned about the training table.

    Attributes:
        known: how covariates known ahead become inputs; those that tell nothing are not in it.
        past: how covariates known up to the present do.
        static: how the features of series do.
        silent: covariates that told nothing, and are left out.
        holidays: the place's calendar, if any; its columns stand behind the covariates.
        calendar_names: the calendar features in use.
        closing: the feature that closes, if any.
        non_negative: no observed value was below 0.
        integer: every observed value was whole.
        unused: covariates that the network in use cannot listen to.
        own_seasons: (steps, series) how many series keep a season that is not the table's.
    """

    known: CovariateEncoder
    past: CovariateEncoder
    static: CovariateEncoder
    silent: tuple[str, ...]
    holidays: HolidayCalendar | None
    calendar_names: tuple[str, ...]
    closing: Closing | None
    non_negative: bool
    integer: bool
    unused: tuple[str, ...] = ()
    own_seasons: tuple[tuple[int, int], ...] = ()

    @classmethod
    def learn(
        cls, table: Table, end: IntArray | None = None, place: str | None = None
    ) -> "TableProfile":
        """Look at a table once.

        Args:
            table: the past.
            end: [N] steps of each series from here on are held out: covariates are measured and
                asked, and closings found, before them. Signs and whole numbers are taken from all.
            place: whose public holidays matter.
        """
        observed = table.y[np.isfinite(table.y)]
        learned = np.ones(table.n_rows, dtype=bool) if end is None else before(end, table.offsets)
        holidays = None
        if place is not None:
            holidays = HolidayCalendar.learn(place, table.ds[learned], table.frequency.grid)
            _require_own_names(holidays, (*table.covariate_names, *table.past_names))
        covariates = _with_holidays(table.covariates, table.ds, holidays)
        names = (*table.covariate_names, *(holidays.names if holidays else ()))
        known = CovariateEncoder.learn(names, covariates[learned], table.categories)
        past = CovariateEncoder.learn(
            table.past_names, table.past_covariates[learned], table.categories
        )
        inputs = known.inputs(covariates)
        closing = _find_closing(table.y[learned], known, inputs[learned])
        silent: tuple[str, ...] = ()
        if known.features or past.features:
            asked = _Screening(
                _target(table, learned & ~_closed(known, closing, inputs)),
                holidays,
                closing.covariate if closing is not None else None,
            )
            # What is known only up to the present must tell something of a season later.
            late = table.frequency.season_length
            silent = (
                *asked.silent(known, inputs),
                *asked.silent(past, past.inputs(table.past_covariates), lag=late),
            )
        dropped = {*silent, *(holidays.names if holidays and _group(holidays) in silent else ())}
        longest = int(table.lengths.max())
        calendar = tuple(
            name
            for name, period in zip(
                table.frequency.feature_names, table.frequency.feature_periods, strict=True
            )
            if longest >= _CYCLES_NEEDED * period and len(observed) >= _VALUES_NEEDED
        )
        return cls(
            known=known.without(dropped),
            past=past.without(dropped),
            static=CovariateEncoder.learn(
                table.static.names, table.static.values, table.static.categories, times_needed=2
            ),
            silent=silent,
            holidays=holidays,
            calendar_names=calendar,
            closing=closing,
            non_negative=bool((observed >= 0).all()),
            integer=bool((observed == np.round(observed)).all()),
        )

    def without_learning(self) -> "TableProfile":
        """What a network may use that learned nothing from the table: the closing, no inputs."""
        closes = self.closing.covariate if self.closing is not None else None
        given = {f.covariate: None for kind in (self.known, self.past) for f in kind.features}
        unused = tuple(name for name in given if name != closes)
        columns = self.holidays.names if self.holidays is not None else ()
        named = [
            _group(self.holidays) if self.holidays is not None and name in columns else name
            for name in (*unused, *self.static.names)
        ]
        return replace(
            self,
            known=self.known.without(unused),
            past=self.past.without(unused),
            static=self.static.without(self.static.names),
            silent=(),
            calendar_names=(),
            unused=tuple(dict.fromkeys(named)),
        )

    def notes(self, target: str) -> tuple[str, ...]:
        """What only learning brought to light, one sentence each."""
        notes = []
        if self.closing is not None:
            how = f"{self.closing.covariate} = {self.closing.value:g}"
            if self.closing.category is not None:
                how = f"a category of {self.closing.covariate}"
            notes.append(
                f"{target} was 0 on all {self.closing.times} steps with {how}: such steps are "
                "forecast as 0 and tell nothing about the others."
            )
        if self.silent:
            notes.append(
                f"left out: {listed(self.silent)} told nothing about {target} in the past."
            )
        notes.extend(self.unused_notes(target))
        if self.own_seasons:
            count = sum(series for _, series in self.own_seasons)
            told = ", ".join(f"{series} after {steps} steps" for steps, series in self.own_seasons)
            notes.append(
                f"{count} of the series repeat{'s itself' if count == 1 else ' themselves'} at a "
                f"season of {'its' if count == 1 else 'their'} own ({told}): read and remembered "
                "at that."
            )
        return tuple(notes)

    def unused_notes(self, target: str) -> tuple[str, ...]:
        """One sentence on the columns that the network has no inputs for; none without any."""
        if not self.unused:
            return ()
        return (
            f"not used: {listed(self.unused)}. The pretrained network knows only {target} itself; "
            f"{option('training', 'auto')} trains on them.",
        )

    def inputs(self, covariates: FloatArray, ds: NDArray[Any]) -> FloatArray:
        """The features [R, E] of covariates [R, F] at times [R], as they come."""
        return self.known.inputs(_with_holidays(covariates, ds, self.holidays))

    def is_closed(self, inputs: FloatArray) -> BoolArray:
        """Where features [..., E] say that the series is shut: [...]."""
        return _closed(self.known, self.closing, inputs)

    def closed_before(self, table: Table) -> BoolArray:
        """[R] where the series of a table were shut."""
        return self.is_closed(self.inputs(table.covariates, table.ds))

    def closed_ahead(self, table: Table, future: FloatArray) -> BoolArray:
        """[N, h] where they will be, from covariates [N, h, F] of the steps ahead."""
        n, h, width = future.shape
        ds = table.frequency.future(table.last_ds, h).reshape(-1)
        return self.is_closed(self.inputs(future.reshape(n * h, width), ds)).reshape(n, h)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TableProfile":
        """Back from plain values."""
        plain = dict(stored)
        for name in ("known", "past", "static"):
            plain[name] = CovariateEncoder.from_json(plain[name])
        for name in ("silent", "calendar_names", "unused"):
            plain[name] = tuple(plain[name])
        plain["own_seasons"] = tuple(tuple(pair) for pair in plain.get("own_seasons", ()))
        if plain["holidays"] is not None:
            feasts = tuple(plain["holidays"]["feasts"])
            plain["holidays"] = HolidayCalendar(plain["holidays"]["place"], feasts)
        if plain["closing"] is not None:
            plain["closing"] = Closing(**plain["closing"])
        return cls(**plain)


def before(end: IntArray, offsets: IntArray) -> BoolArray:
    """[R] True on the rows of each series before its step `end` [N].

    >>> before(np.array([1, 2]), np.array([0, 3, 5])).tolist()
    [True, False, False, True, True]
    """
    lengths = np.diff(offsets)
    step = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    earlier: BoolArray = step < np.repeat(end, lengths)
    return earlier


def _with_holidays(
    covariates: FloatArray, ds: NDArray[Any], holidays: HolidayCalendar | None
) -> FloatArray:
    if holidays is None:
        return covariates
    return np.concatenate([covariates, holidays.columns(ds)], axis=1)


@dataclass(frozen=True)
class _Screening:
    """The covariates, asked one by one what they tell about the target.

    Attributes:
        past: of the target, without what is held out or shut.
        holidays: whose columns are asked together.
        closes: the covariate that shuts the series; it is not asked.
    """

    past: TargetHistory
    holidays: HolidayCalendar | None
    closes: str | None

    def silent(
        self, encoding: CovariateEncoder, inputs: FloatArray, *, lag: int = 0
    ) -> tuple[str, ...]:
        """The covariates behind features [R, E] that told nothing."""
        groups: dict[str, list[int]] = {}
        for index, feature in enumerate(encoding.features):
            groups.setdefault(self._group(feature.covariate), []).append(index)
        spared = None if self.closes is None else self._group(self.closes)
        return tuple(
            name
            for name, columns in groups.items()
            if name != spared and not is_informative(self.past, inputs[:, columns], lag=lag)
        )

    def _group(self, covariate: str) -> str:
        holidays = self.holidays
        return _group(holidays) if holidays and covariate in holidays.names else covariate


def _require_own_names(holidays: HolidayCalendar, names: Collection[str]) -> None:
    """No column of the table may be called as one of the calendar's."""
    if taken := [name for name in (*holidays.names, _group(holidays)) if name in names]:
        raise UsageError(
            f"Covariate {listed(taken)} has the name of a column that {option('holidays')} brings. "
            "Rename it, or leave the one or the other out."
        )


def _group(holidays: HolidayCalendar) -> str:
    """What the columns of a place are called together."""
    return f"holidays of {holidays.place}"


def _target(table: Table, shown: BoolArray) -> TargetHistory:
    """The target where it may be looked at, each series on a scale of its own."""
    y = np.where(shown, table.y, np.nan)
    scale = SeriesScaler.fit(y, table.offsets)
    season = table.frequency.season_length
    return TargetHistory(scale.forward(y, table.offsets), table.offsets, table.ds, season)


def _closed(encoding: CovariateEncoder, closing: Closing | None, inputs: FloatArray) -> BoolArray:
    """Where features [..., E] say that the series is shut: [...]."""
    if closing is None:
        return np.zeros(inputs.shape[:-1], dtype=bool)
    shuts = (closing.covariate, closing.category)
    which = [(f.covariate, f.category) for f in encoding.features].index(shuts)
    closed: BoolArray = inputs[..., which] == closing.value
    return closed


def _find_closing(y: FloatArray, encoding: CovariateEncoder, inputs: FloatArray) -> Closing | None:
    """The 0/1 feature, if any, one of whose values always came with a target of 0."""
    observed = np.isfinite(y)
    zero = y == 0
    for feature, column in zip(encoding.features, inputs.T, strict=True):
        if not np.isin(column[np.isfinite(column)], (0.0, 1.0)).all():
            continue
        for value in (0.0, 1.0):
            at = (column == value) & observed
            others = (column == 1 - value) & observed
            # Zeros must be the news of this value, not the habit of the series.
            others_mostly_sell = 2 * zero[others].sum() < others.sum()
            if at.sum() >= _CLOSINGS_NEEDED and zero[at].all() and others_mostly_sell:
                return Closing(feature.covariate, feature.category, value, int(at.sum()))
    return None
