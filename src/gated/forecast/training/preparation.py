"""Prepares a table for fitting: its profile, its held-out windows, and the validation on them."""

from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import IntArray
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.training.validation import Validation
from gated.forecast.training.validation_split import ValidationSplit, split_validation
from gated.table import Table

__all__ = ["Preparation", "prepare", "rows_with_room"]


@dataclass(frozen=True)
class Preparation:
    """A table as fitting takes it.

    Attributes:
        profile: learned before the held-out windows.
        split: which windows are held out, and where training ends.
        data: all rows, scaled by what lies before the held-out windows.
        validation: of networks on the held-out windows.
    """

    profile: TableProfile
    split: ValidationSplit
    data: Dataset
    validation: Validation

    @property
    def layout(self) -> PatchLayout:
        """The geometry of the windows."""
        return self.data.source.layout


def prepare(
    table: Table, h: int, *, holidays: str | None, seed: int, is_trained: bool
) -> Preparation:
    """Choose the held-out windows of a table and profile what lies before them.

    Args:
        table: the past.
        h: the horizon to validate for, in steps.
        holidays: the place whose public holidays matter.
        seed: chooses among thousands of series.
        is_trained: whether a network will learn from the table; if not, only what closes a series
            is kept of the covariates, for the pretrained network has no inputs for them.
    """
    frequency = table.frequency
    layout = PatchLayout.plan(
        frequency.season_length, frequency.long_season, h, int(table.lengths.max())
    )
    observed = np.isfinite(table.y)
    first = split_validation(table.offsets, observed, layout.patch, h, seed)
    profile = TableProfile.learn(table, first.end, holidays, selects=is_trained)
    # A window in which the series is closed throughout shows nothing; which steps are closed is
    # known from the profile only, so the windows are chosen again.
    observed &= ~profile.closed_before(table)
    split = split_validation(table.offsets, observed, layout.patch, h, seed)
    if not is_trained:
        profile = profile.without_inputs()
    # Nothing held out is measured, not even for scaling, before the validation.
    data = rows_with_room(table, profile, layout, split.end)
    profile = replace(profile, own_seasons=data.source.own_seasons(split.end))
    return Preparation(profile, split, data, Validation(data, split, frequency.season_length))


def rows_with_room(
    table: Table, profile: TableProfile, layout: PatchLayout, end: IntArray | None
) -> Dataset:
    """All rows of a table, with room for one horizon of unknown covariates behind each series.

    Args:
        end: [N] the scale of each series is measured before this step; None: on all.
    """
    names = len(table.covariate_names)
    unknown = np.full((len(table.ids), layout.rows_after, names), np.nan)
    return build_dataset(table, profile, layout, unknown, end)
