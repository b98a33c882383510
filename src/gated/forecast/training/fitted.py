"""Defines the result of fitting: table profile, network, and combination with a baseline."""

from dataclasses import dataclass

from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.training.combination import Combination

__all__ = ["Fitted"]


@dataclass(frozen=True)
class Fitted:
    """The result of fitting."""

    profile: TableProfile
    network: SeasonNetwork
    combination: Combination
