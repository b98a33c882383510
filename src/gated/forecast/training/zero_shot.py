"""Validates the pretrained network on a table and combines it with a baseline, without training."""

from dataclasses import dataclass

from gated.forecast.config import ForecasterConfig
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.training.covariates_at_once import choose_covariates
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import prepare
from gated.table import Table

__all__ = ["ZeroShot", "fit_zero_shot", "zero_shot"]


@dataclass(frozen=True)
class ZeroShot:
    """The result without training, and its loss.

    Attributes:
        fitted: profile, pretrained network and combination.
        loss: the network's score on the held-out windows; None without windows.
    """

    fitted: Fitted
    loss: float | None


def fit_zero_shot(table: Table, h: int, config: ForecasterConfig) -> Fitted:
    """Validate and calibrate the pretrained network for a table and a horizon, without training.

    Covariates are used through a regression, where that lowers the error on the held-out windows.

    Args:
        table: the past.
        h: the horizon, in steps.
        config: hyperparameters; only `holidays` and `seed` are used.
    """
    return zero_shot(table, h, config).fitted


def zero_shot(table: Table, h: int, config: ForecasterConfig) -> ZeroShot:
    """The same as `fit_zero_shot`, with the loss on the held-out windows."""
    prepared = prepare(
        table,
        h,
        holidays=config.holidays,
        seed=int(config.seed),
        # The pretrained network has no inputs for covariates.
        adapt=lambda profile, *_: profile.without_inputs(),
    )
    network = pretrained_network(prepared.layout)
    chosen = choose_covariates(prepared, table, network, h)
    validated = chosen.validation.validated(network, "pretrained", chosen.plain)
    # The validation must not use the held-out part; the forecast uses closed steps of all rows.
    profile = chosen.profile.with_closed_calendar(table)
    return ZeroShot(Fitted.of(table, profile, network, validated), chosen.loss)
