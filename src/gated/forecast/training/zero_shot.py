"""Validates the pretrained network on a table and combines it with a baseline, without training."""

from gated.forecast.config import ForecasterConfig
from gated.forecast.model.pretrained import pretrained_network
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import prepare
from gated.table import Table

__all__ = ["fit_zero_shot"]


def fit_zero_shot(table: Table, h: int, config: ForecasterConfig) -> Fitted:
    """Validate and calibrate the pretrained network for a table and a horizon, without training.

    Args:
        table: the past.
        h: the horizon, in steps.
        config: hyperparameters; only `holidays` and `seed` are used.
    """
    prepared = prepare(
        table,
        h,
        holidays=config.holidays,
        seed=int(config.seed),
        # The pretrained network has no inputs for covariates.
        adapt=lambda profile, *_: profile.without_inputs(),
    )
    network = pretrained_network(prepared.layout)
    # The validation must not use the held-out part; the forecast uses closed steps of all rows.
    profile = prepared.profile.with_closed_calendar(table)
    return Fitted.of(profile, network, prepared.validation.validated(network, "pretrained"))
