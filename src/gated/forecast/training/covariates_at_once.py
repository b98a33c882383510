"""Chooses whether a regression on the covariates is used, by the error on the held-out windows.

The regression is fitted without the held-out rows for the comparison, and on all rows for the
forecast. Intervals are calibrated on the same windows, so that they include its uncertainty.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.regression.effect import CovariateRegression, regression_columns
from gated.forecast.data.regression.estimate import Estimate, estimate_regression
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.training.preparation import Preparation, rows_with_horizon
from gated.forecast.validation.validation import Validation
from gated.table import Table

__all__ = ["ChosenCovariates", "choose_covariates"]

# The regression explains deviations over the whole past, which the few held-out windows may not
# show (a holiday is in none of them): it is kept if it costs no more than this there.
_TOLERATED = 1.005


@dataclass(frozen=True)
class ChosenCovariates:
    """The profile with the chosen covariates, and its validation.

    Attributes:
        profile: for the forecast.
        validation: the held-out windows, with the covariates in use.
        plain: [M, h, Q] the network's forecasts of these, see `Validation.plain`; None without
            windows.
        loss: the score of these forecasts.
    """

    profile: TableProfile
    validation: Validation
    plain: NDArray[np.float32] | None
    loss: float | None


def choose_covariates(
    prepared: Preparation, table: Table, network: SeasonNetwork, horizon: int
) -> ChosenCovariates:
    """Estimate the effect of the covariates, and compare the forecasts with it and without.

    Args:
        prepared: the table, prepared without covariates.
        table: the past.
        network: the pretrained network.
        horizon: steps ahead.
    """
    validation, profile = prepared.validation, prepared.profile
    without = ChosenCovariates(profile, validation, None, None)
    if prepared.split.exists:
        plain = validation.plain(network)
        loss = validation.loss(validation.with_effect(plain))
        without = replace(without, plain=plain, loss=loss)
    estimate = _estimate(prepared, table, horizon)
    if estimate.shown is None or estimate.whole is None:
        return replace(without, profile=replace(profile, uninformative=estimate.uninformative))
    if without.plain is None or without.loss is None:
        used = replace(profile, regression=estimate.whole, uninformative=estimate.uninformative)
        return replace(without, profile=used)
    trial = replace(profile, regression=estimate.shown, uninformative=estimate.uninformative)
    shown = prepared.split.shown(table.offsets)
    data = rows_with_horizon(table, trial, prepared.layout, shown)
    adjusted = Validation(data, prepared.split, table.frequency.season_length)
    plain = adjusted.plain(network)
    quantiles = adjusted.with_effect(plain)
    loss = adjusted.loss(quantiles)
    before = validation.error(validation.with_effect(without.plain))
    errors = (adjusted.error(quantiles), before)
    if loss > _TOLERATED * without.loss:
        rejected = _named(estimate.shown, prepared.found)
        names = tuple(dict.fromkeys((*rejected, *estimate.uninformative)))
        return replace(without, profile=replace(profile, uninformative=names))
    chosen = replace(
        trial,
        regression=replace(estimate.whole, errors=errors),
        own_seasons=data.source.own_seasons(prepared.split.end),
    )
    return ChosenCovariates(chosen, adjusted, plain, loss)


def _estimate(prepared: Preparation, table: Table, horizon: int) -> Estimate:
    """The effect of known and past covariates, closed steps left out."""
    found = prepared.found
    closing = [found.closing.covariate] if found.closing is not None else []
    encoder = CovariateEncoder(
        (*found.known.names, *found.past.names),
        (*found.known.without(closing).features, *found.past.features),
    )
    if not encoder.features:
        return Estimate(None, None, ())
    return estimate_regression(
        table,
        regression_columns(table.covariates, table.ds, found.holidays, table.past_covariates),
        encoder,
        prepared.split.shown(table.offsets),
        np.isfinite(table.y) & ~found.closed_before(table, prepared.split.shown(table.offsets)),
        found.groups,
        horizon,
    )


def _named(regression: CovariateRegression, profile: TableProfile) -> tuple[str, ...]:
    """The covariates of a regression; those of holidays by their common name."""
    groups = profile.groups
    return tuple(dict.fromkeys(groups.get(name, name) for name in regression.covariates))
