"""Prepares a table for fitting: profile, held-out windows, and validation on them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.validation.split import ValidationSplit, split_validation
from gated.forecast.validation.validation import Validation
from gated.table import Table

__all__ = ["Preparation", "prepare", "rows_with_horizon"]

Adapt = Callable[[TableProfile, Table, BoolArray], TableProfile]


@dataclass(frozen=True)
class Preparation:
    """A table prepared for fitting.

    Attributes:
        profile: profile of the part before the held-out windows, for the network in use.
        found: the same with all covariates.
        split: the held-out windows, and the ends of the training part.
        data: all rows; the scale is measured before the held-out windows.
        validation: validates networks on the held-out windows.
    """

    profile: TableProfile
    found: TableProfile
    split: ValidationSplit
    data: Dataset
    validation: Validation

    @property
    def layout(self) -> PatchLayout:
        """The geometry of the windows."""
        return self.data.source.layout


def prepare(table: Table, h: int, *, holidays: str | None, seed: int, adapt: Adapt) -> Preparation:
    """Choose the held-out windows of a table, and profile the part before them.

    Args:
        table: the past.
        h: the horizon of the validation, in steps.
        holidays: place of the public holidays.
        seed: seed for a sample of thousands of series.
        adapt: leaves covariates out of a profile, given the table and the rows not held out.
    """
    frequency = table.frequency
    layout = PatchLayout.plan(
        frequency.season_length, frequency.long_season, h, int(table.lengths.max())
    )
    observed = np.isfinite(table.y)
    first = split_validation(table.offsets, observed, layout.patch, h, seed)
    shown = first.shown(table.offsets)
    found = TableProfile.fit(table, shown, holidays)
    profile = adapt(found, table, shown)
    # A window of closed steps only cannot be scored. Closed steps are known after profiling, so
    # the windows are chosen again.
    observed &= ~profile.closed_before(table, shown)
    split = split_validation(table.offsets, observed, layout.patch, h, seed)
    # Held-out values are not used before the validation, not even for scaling.
    data = rows_with_horizon(table, profile, layout, split.shown(table.offsets))
    profile = replace(profile, own_seasons=data.source.own_seasons(split.end))
    validation = Validation(data, split, frequency.season_length)
    return Preparation(profile, found, split, data, validation)


def rows_with_horizon(
    table: Table, profile: TableProfile, layout: PatchLayout, shown: BoolArray | None
) -> Dataset:
    """All rows of a table; each series is followed by one horizon with unknown covariates.

    Args:
        shown: [R] rows where the scale of each series is measured; None: all.
    """
    names = len(table.covariate_names)
    unknown = np.full((len(table.ids), layout.rows_after, names), np.nan)
    return build_dataset(table, profile, layout, unknown, shown)
