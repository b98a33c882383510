"""Defines the result of fitting: table profile, network, combination, mean and dependence."""

from dataclasses import dataclass, field, replace

from gated.forecast.data.table_profile import TableProfile
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.validation.combination import Combination
from gated.forecast.validation.mean_correction import MeanModel
from gated.forecast.validation.validation import Validated
from gated.table import Table

__all__ = ["Fitted"]


@dataclass(frozen=True)
class Fitted:
    """The result of fitting.

    Attributes:
        profile: profile of the table.
        network: the network.
        combination: the validation result, and the combination with a baseline.
        mean: how the mean is computed beside the median.
        dependence: how steps and series depend on each other.
    """

    profile: TableProfile
    network: SeasonNetwork
    combination: Combination
    mean: MeanModel = field(default_factory=MeanModel)
    dependence: Dependence = field(default_factory=Dependence)

    @classmethod
    def of(
        cls, table: Table, profile: TableProfile, network: SeasonNetwork, validated: Validated
    ) -> "Fitted":
        """The result of fitting a network that was validated on a table."""
        combination, expected = validated.combination, validated.combination.expected
        if expected is not None:
            combination = replace(combination, expected=expected.of(table))
        return cls(profile, network, combination, validated.mean, validated.dependence)
