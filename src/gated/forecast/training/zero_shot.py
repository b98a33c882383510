"""The pretrained network as it is: validated on the table and combined with a baseline."""

from gated.forecast.config import ForecasterConfig
from gated.forecast.model.pretrained import pretrained_network
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import prepare
from gated.table import Table

__all__ = ["fit_zero_shot"]


def fit_zero_shot(table: Table, h: int, config: ForecasterConfig) -> Fitted:
    """Validate and calibrate the pretrained network for a table and a horizon; nothing is learned.

    Args:
        table: the past.
        h: the horizon, in steps.
        config: of which `holidays` and `seed` matter.
    """
    prepared = prepare(table, h, holidays=config.holidays, seed=int(config.seed), is_trained=False)
    network = pretrained_network(prepared.layout)
    return Fitted(prepared.profile, network, prepared.validation.combination(network, "shipped"))
