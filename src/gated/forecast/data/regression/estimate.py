"""Estimates the regression of a target on its covariates, and leaves out uninformative ones.

The deviations of the target from its recent seasons are regressed on the same deviations of the
regressors, with cross-validation over blocks of time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.regression.design import full_design, screening_design
from gated.forecast.data.regression.deviations import Deviations
from gated.forecast.data.regression.effect import (
    Axis,
    CovariateRegression,
    from_axis,
    is_flag,
    raw_effect,
    standardised,
)
from gated.forecast.data.regression.ridge import BLOCKS, HeldOutFit, Products
from gated.forecast.data.regression.sample import (
    axis_values,
    ranges,
    sampled_rows,
    scaled_encoder,
    time_blocks,
)
from gated.forecast.data.regression.terms import (
    Term,
    phase_waves,
    season_steps,
    term_columns,
)
from gated.table import Table

__all__ = ["Estimate", "estimate_regression"]

_FEWEST_ROWS = 30
# Deviations are clipped at this many median deviations, or at this multiple of the quantile that
# one in a hundred exceeds: rare large effects remain, and single outliers have no influence.
_FARTHEST, _TAIL, _BEYOND_TAIL = 4.0, 0.99, 2.0
# A covariate must explain at least this share, and more than its own standard error.
_LEAST_GAIN = 0.002
# Another axis than the values must lower the cross-validated error by this share.
_AXIS_GAIN = 0.01
_MARGIN = 0.05  # effects may exceed those of the past by this share of their range
_DAYS = 7
_CALENDAR_WAVES, _WEEKDAY_SIZE = 3, 0.3


@dataclass(frozen=True)
class Estimate:
    """The regression of a table.

    Attributes:
        shown: fitted without the held-out rows; None if no covariate is informative.
        whole: the same terms, fitted on all rows.
        uninformative: the covariates that are left out.
    """

    shown: CovariateRegression | None
    whole: CovariateRegression | None
    uninformative: tuple[str, ...]


def estimate_regression(
    table: Table,
    covariates: FloatArray,
    encoder: CovariateEncoder,
    shown: BoolArray,
    observed: BoolArray,
    groups: Mapping[str, str],
    horizon: int,
) -> Estimate:
    """Estimate the effect of covariates.

    Args:
        table: the past.
        covariates: [R, F] the `regression_columns`.
        encoder: the features that may be used.
        shown: [R] rows that are not held out.
        observed: [R] rows at which the target is observed and not closed.
        groups: maps a covariate to the group that it is tested with; others are tested alone.
        horizon: steps ahead; past covariates are used with this delay, in whole seasons.
    """
    names = tuple(dict.fromkeys(feature.covariate for feature in encoder.features))
    group_names = tuple(dict.fromkeys(groups.get(name, name) for name in names))
    if not names:
        return Estimate(None, None, ())
    work = _Work.of(table, covariates, encoder, shown, observed, horizon)
    if work is None:
        return Estimate(None, None, group_names)
    chosen = work.informative(groups)
    if not chosen.any():
        return Estimate(None, None, group_names)
    kept = {f.covariate for f, used in zip(encoder.features, chosen, strict=True) if used}
    left_out = tuple(dict.fromkeys(groups.get(name, name) for name in names if name not in kept))
    one, other = work.among(chosen).regressions()
    return Estimate(one, other, left_out)


@dataclass(frozen=True)
class _Work:
    """Features and targets of the rows of an estimate."""

    table: Table
    encoder: CovariateEncoder
    low: tuple[float, ...]
    high: tuple[float, ...]
    features: FloatArray  # [R, E] standardised
    flags: tuple[bool, ...]
    delays: tuple[int, ...]  # [E]
    deviations: Deviations
    block: IntArray  # [D]
    steps: IntArray  # [R] since the origin
    origin: int
    values: dict[Axis, FloatArray]  # [R] on each axis, in units of the series
    units: dict[Axis, FloatArray]  # [N]

    @classmethod
    def of(
        cls,
        table: Table,
        covariates: FloatArray,
        encoder: CovariateEncoder,
        shown: BoolArray,
        observed: BoolArray,
        horizon: int,
    ) -> "_Work | None":
        """Collect them; None if there are too few rows."""
        offsets, season = table.offsets, table.frequency.season_length
        deviations = Deviations.of(observed, offsets, season, sampled_rows(offsets))
        is_shown = shown[deviations.rows]
        if is_shown.sum() < _FEWEST_ROWS:
            return None
        inputs = encoder.inputs(covariates)
        flags = tuple(is_flag(column) for column in inputs[shown].T)
        delay = -(-horizon // season) * season
        past = [feature.covariate in table.past_names for feature in encoder.features]
        low, high = ranges(inputs[shown])
        encoder = scaled_encoder(encoder, inputs, flags, deviations, is_shown)
        values, units = axis_values(np.where(observed, table.y, np.nan), offsets, shown)
        origin = int(table.ds.min().astype(np.int64))
        return cls(
            table,
            encoder,
            low,
            high,
            standardised(encoder, low, high, covariates),
            flags,
            tuple(delay if is_past else 0 for is_past in past),
            deviations,
            time_blocks(table, deviations.rows, is_shown),
            season_steps(table.ds, table.frequency.grid, origin),
            origin,
            values,
            units,
        )

    @property
    def season(self) -> int:
        """Steps in the main cycle."""
        return self.table.frequency.season_length

    @property
    def rows(self) -> int:
        """Number of rows that are not held out."""
        return int((self.block < BLOCKS).sum())

    def among(self, chosen: BoolArray) -> "_Work":
        """The same with some features [E] only."""

        def picked(values: tuple[float, ...]) -> tuple[float, ...]:
            return tuple(v for v, used in zip(values, chosen, strict=True) if used)

        kept = tuple(f for f, used in zip(self.encoder.features, chosen, strict=True) if used)
        return replace(
            self,
            encoder=CovariateEncoder(self.encoder.names, kept),
            low=picked(self.low),
            high=picked(self.high),
            features=self.features[:, chosen],
            flags=tuple(v for v, used in zip(self.flags, chosen, strict=True) if used),
            delays=tuple(v for v, used in zip(self.delays, chosen, strict=True) if used),
        )

    def fit(self, terms: Sequence[Term], axes: Sequence[Axis]) -> "_Fit":
        """Compute the products of the terms and of the deviations on some axes."""
        columns = self.deviations.apply(term_columns(terms, self.features, self.table.offsets))
        width = np.concatenate([np.full(term.width, 1 + 2 * term.waves) for term in terms]).astype(
            np.int64
        )
        calendar = self._trend_and_weekdays()
        columns = np.concatenate([columns, calendar], axis=1)
        waves = 1 + 2 * min(_CALENDAR_WAVES, (self.season - 1) // 2)
        width = np.append(width, np.full(calendar.shape[1], waves))
        most = (int(width.max()) - 1) // 2
        phases = phase_waves(self.steps[self.deviations.rows], self.season, most)
        targets, units = [], []
        for axis in axes:
            target = self.deviations.apply(self.values[axis][:, None])[:, 0]
            middle = np.median(target[self.block < BLOCKS])
            unit = 1.4826 * float(np.median(np.abs(target - middle))) or float(target.std()) or 1.0
            target = target / unit
            tail = float(np.quantile(np.abs(target[self.block < BLOCKS]), _TAIL))
            farthest = max(_FARTHEST, _BEYOND_TAIL * tail)
            targets.append(np.clip(target, -farthest, farthest))
            units.append(unit)
        products = Products.of(columns, phases, width, np.stack(targets, axis=1), self.block)
        return _Fit(self, tuple(terms), tuple(axes), columns, phases, width, tuple(units), products)

    def _trend_and_weekdays(self) -> FloatArray:
        """Columns [D, C] of what the network knows, so that the covariates need not explain it.

        They are the deviation of a trend, which is the same everywhere, and for steps of less than
        a day those of the weekdays. Without them, a covariate with a trend explains any trend.
        """
        trend = np.ones((len(self.deviations.rows), 1))
        if self.table.frequency.long_season != _DAYS * self.season:
            return trend
        day = self.steps // self.season % _DAYS
        weekdays = self.deviations.apply(_WEEKDAY_SIZE * np.eye(_DAYS)[day][:, 1:])
        return np.concatenate([trend, weekdays], axis=1)

    def informative(self, groups: Mapping[str, str]) -> BoolArray:
        """[E] whether each feature's covariate, or its group, is informative beside the others."""
        shown = self.features[self.deviations.rows[self.block < BLOCKS]]
        terms = screening_design(shown, self.flags, self.delays, self.season, self.rows)
        axes = tuple(self.values)
        fit = self.fit(terms, axes)
        best = fit.best_axis() if len(axes) > 1 else 0
        strength = fit.strength(best)
        name = [groups.get(f.covariate, f.covariate) for f in self.encoder.features]
        owner = fit.owners([name[term.features[0]] for term in terms])
        kept = dict.fromkeys(name)
        products = fit.products
        while kept:
            gains = products.among(_isin(owner, kept)).held_out(strength).gains[:, best]
            losses = {}
            for each in kept:
                others = [other for other in kept if other != each]
                reduced = products.among(_isin(owner, others)).held_out(strength)
                loss = gains - reduced.gains[:, best]
                error = float(loss.std(ddof=1)) / np.sqrt(BLOCKS)
                losses[each] = float(loss.mean()) - max(_LEAST_GAIN, error)
            worst = min(losses, key=lambda each: losses[each])
            if losses[worst] > 0:
                break
            del kept[worst]
        return np.array([each in kept for each in name])

    def regressions(self) -> tuple[CovariateRegression, CovariateRegression]:
        """The regression without and with the held-out rows."""
        shown = self.features[self.deviations.rows[self.block < BLOCKS]]
        fit = self.fit(
            full_design(shown, self.flags, self.delays, self.season, self.rows), tuple(self.values)
        )
        best = fit.best_axis()
        return fit.regression(best, held_out=False), fit.regression(best, held_out=True)


@dataclass(frozen=True)
class _Fit:
    """Products of some terms, and what is read from them."""

    work: _Work
    terms: tuple[Term, ...]
    axes: tuple[Axis, ...]
    columns: FloatArray  # [D, S]
    waves: FloatArray  # [D, K]
    width: IntArray  # [S]
    units: tuple[float, ...]  # of each axis
    products: Products

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", self.products.paths())

    @property
    def paths(self) -> list[HeldOutFit]:
        """The cross-validated fits of all strengths."""
        found: list[HeldOutFit] = self.__dict__["_paths"]
        return found

    def best(self, axis: int) -> HeldOutFit:
        """The fit with the strength that explains most."""
        return max(self.paths, key=lambda path: float(path.gains[:, axis].mean()))

    def strength(self, axis: int) -> float:
        """The strength that explains most."""
        return self.best(axis).strength

    def owners(self, names: Sequence[str]) -> list[str]:
        """[B] the name of each regressor's term; "" for those of the calendar."""
        columns = [
            name for name, term in zip(names, self.terms, strict=True) for _ in range(term.width)
        ]
        columns += [""] * (len(self.width) - len(columns))
        return [name for name, width in zip(columns, self.width, strict=True) for _ in range(width)]

    def best_axis(self) -> int:
        """The axis with the lowest cross-validated error of the values themselves."""
        errors = [self._error(index) for index in range(len(self.axes))]
        best = int(np.argmin(errors))
        return best if errors[best] < (1 - _AXIS_GAIN) * errors[0] else 0

    def _error(self, index: int) -> float:
        """The mean absolute error in the held-out blocks, in units of the series' spread."""
        work, axis, block = self.work, self.axes[index], self.work.block
        weights = self.best(index).weights[..., index] * self.units[index]
        rows = work.deviations.rows
        values = work.values[axis]
        reference = work.deviations.reference(values[:, None])[:, 0]
        series = np.searchsorted(work.table.offsets, rows, side="right") - 1
        size = work.units[axis][series] / work.units["value"][series]
        total, count = 0.0, 0
        for number in range(BLOCKS):
            inside = block == number
            matrix = self._matrix(weights[number])
            effect = np.einsum("ds,ds->d", self.columns[inside], self.waves[inside] @ matrix.T)
            forecast = from_axis(reference[inside] + effect, axis)
            actual = from_axis(values[rows[inside]], axis)
            total += float((np.abs(actual - forecast) * size[inside]).sum())
            count += int(inside.sum())
        return total / max(count, 1)

    def _matrix(self, weights: FloatArray) -> FloatArray:
        """[S, K] the weights [B] of each column and wave."""
        matrix = np.zeros((len(self.width), self.waves.shape[1]))
        at = 0
        for column, width in enumerate(self.width):
            matrix[column, :width] = weights[at : at + width]
            at += width
        return matrix

    def regression(self, index: int, *, held_out: bool) -> CovariateRegression:
        """The regression on one axis."""
        work, best = self.work, self.best(index)
        count = sum(term.width for term in self.terms)
        weights = self.products.weights(best.strength, held_out=held_out)[:, index]
        matrix = self._matrix(weights * self.units[index])[:count]
        matrix = matrix[:, : 1 + 2 * max(term.waves for term in self.terms)]
        effect = raw_effect(
            self.terms, matrix, work.features, work.table.offsets, work.steps, work.season
        )[work.deviations.rows]
        offset = float(effect.mean())
        low, high = float(effect.min()) - offset, float(effect.max()) - offset
        return CovariateRegression(
            encoder=work.encoder,
            low=work.low,
            high=work.high,
            terms=self.terms,
            weights=tuple(tuple(float(weight) for weight in row) for row in matrix),
            offset=offset,
            bounds=(low - _MARGIN * (high - low), high + _MARGIN * (high - low)),
            axis=self.axes[index],
            season_length=work.season,
            origin=work.origin,
            share=self._share(index, best),
        )

    def _share(self, index: int, best: HeldOutFit) -> float:
        """The explained share of what the seasons, the trend and the weekdays leave over."""
        calendar = np.array([name == "" for name in self.owners(["term"] * len(self.terms))])
        alone = self.products.among(calendar).held_out(best.strength)
        explained, known = (float(fit.gains[:, index].mean()) for fit in (best, alone))
        return float(np.clip((explained - known) / max(1 - known, 1e-12), 0.0, 1.0))


def _isin(owner: Sequence[str], kept: Sequence[str] | dict[str, None]) -> BoolArray:
    """[B] whether a regressor belongs to some covariates, or to the calendar."""
    return np.array([not name or name in kept for name in owner], dtype=bool)
