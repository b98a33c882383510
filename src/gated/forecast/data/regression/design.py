"""Chooses the regressors of covariates: more curves, phases, delays and products with more rows."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.data.regression.terms import MOST_WAVES, Term

__all__ = ["full_design", "screening_design"]

# A regressor needs this many rows.
_ROWS_PER_REGRESSOR = 25
_MOST_REGRESSORS = 500
# Quantiles at which the curve of a number has its knees; of its means and products.
_KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)
_FEWER_KNOTS = (0.2, 0.5, 0.8)
_WAVES = 3
_MEANS = (0.25, 1, 3)  # running means over this many seasons


def screening_design(
    features: FloatArray,
    flags: Sequence[bool],
    delays: Sequence[int],
    season_length: int,
    rows: int,
) -> list[Term]:
    """The terms that decide which covariates are used: one curve of each feature.

    Args:
        features: [n, E] standardised, at some rows.
        flags: [E] whether a feature has two values.
        delays: [E] steps after which a feature is known; 0 if its future is known.
        season_length: in steps.
        rows: number of rows that the regression will have.
    """
    return _richest(_curves(features, flags, delays, season_length), rows)


def full_design(
    features: FloatArray,
    flags: Sequence[bool],
    delays: Sequence[int],
    season_length: int,
    rows: int,
) -> list[Term]:
    """The terms of the regression: curves, delays, running means and products.

    Args:
        features, flags, delays, season_length, rows: as in `screening_design`.
    """
    curves = _curves(features, flags, delays, season_length)
    number = [e for e, flag in enumerate(flags) if not flag]
    flag = [e for e, is_flag in enumerate(flags) if is_flag]
    most = _most_waves(season_length)
    known = [e for e, delay in enumerate(delays) if not delay]
    delayed = [Term((e,), delay=delays[e] + season_length, waves=min(_WAVES, most)) for e in flag]
    lengths = sorted({round(share * season_length) for share in _MEANS} - {0, 1})
    means = [
        Term((e,), steps, delays[e], _knots(features[:, e], _FEWER_KNOTS), min(1, most))
        for e in number
        for steps in lengths
    ]
    products = [
        Term((e, other), knots=_knots(features[:, e], _FEWER_KNOTS), waves=min(1, most))
        for e in number
        for other in flag
        if e in known and other in known
    ]
    pairs = combinations([e for e in number if e in known], 2)
    products += [Term(pair, waves=min(1, most)) for pair in pairs]
    levels = [*curves, [*curves[-1], *delayed]]
    levels.append([*levels[-1], *means])
    levels.append([*levels[-1], *products])
    return _richest(levels, rows)


def _curves(
    features: FloatArray, flags: Sequence[bool], delays: Sequence[int], season_length: int
) -> list[list[Term]]:
    """From one weight for each feature to curves in every phase of the season."""
    most = _most_waves(season_length)

    def level(knots: Sequence[float], number_waves: int, flag_waves: int) -> list[Term]:
        return [
            Term((e,), delay=delay, waves=min(flag_waves, most))
            if flag
            else Term((e,), 1, delay, _knots(features[:, e], knots), min(number_waves, most))
            for e, (flag, delay) in enumerate(zip(flags, delays, strict=True))
        ]

    return [
        level((), 0, 0),
        level(_FEWER_KNOTS, 0, 1),
        level(_KNOTS, 1, _WAVES),
        level(_KNOTS, _WAVES, MOST_WAVES),
    ]


def _most_waves(season_length: int) -> int:
    return min(MOST_WAVES, (season_length - 1) // 2)


def _knots(feature: FloatArray, quantiles: Sequence[float]) -> tuple[float, ...]:
    """The distinct quantiles of a feature, without its smallest value."""
    found = np.unique(np.quantile(feature, quantiles)) if quantiles else np.zeros(0)
    return tuple(float(knot) for knot in found[found > feature.min()])


def regressors(terms: Sequence[Term]) -> int:
    """The number of weights of some terms."""
    return sum(term.width * (1 + 2 * term.waves) for term in terms)


def _richest(levels: Sequence[list[Term]], rows: int) -> list[Term]:
    """The last of some designs for which there are enough rows; at least the first one."""
    most = min(rows // _ROWS_PER_REGRESSOR, _MOST_REGRESSORS)
    fitting = [terms for terms in levels if regressors(terms) <= most]
    return fitting[-1] if fitting else levels[0]
