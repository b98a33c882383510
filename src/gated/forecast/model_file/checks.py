"""Checks that the parts of a model file are consistent.

A size larger than its tensors would need all memory, and a table that does not match the network
would raise an unclear error in a forecast. Each check raises a ValueError with the reason;
`model_file` converts it to the error for users.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.forecast.config import check_seasons
from gated.forecast.data.closed.calendar import steps_per_day
from gated.forecast.data.covariate_encoder import CovariateEncoder
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.weights.older_weights import converted
from gated.forecast.model.weights.weight_shapes import weight_shapes
from gated.table import Frequency, Table, to_frame

__all__ = ["check_layout", "check_profile", "check_table", "checked_network"]

_LONGEST_SEASONAL_PATCH = 192
_SHORTEST_PATCHES = 8
# A long season is the frequency's, or a year that is slightly longer than its whole weeks.
_YEAR_EXCEEDS = 1.01


def checked_network(config: NetworkConfig, weights: Mapping[str, NDArray[Any]]) -> SeasonNetwork:
    """Build the network of a file.

    Args:
        config: the stored configuration.
        weights: maps names to weights.

    Raises:
        ValueError: a weight is missing, unknown, of another size or type, NaN or infinite.
    """
    weights = converted(weights)
    if config.num_layers > len(weights):  # before the names of so many layers are listed
        raise ValueError("the network has more layers than weights")
    expected = weight_shapes(config)
    if expected.keys() != weights.keys():
        name = min(expected.keys() ^ weights.keys())
        raise ValueError(f"the network {'lacks' if name in expected else 'has no'} weight {name}")
    for name, weight in weights.items():
        if weight.shape != expected[name] or weight.dtype != np.float32:
            found = f"{weight.dtype} {weight.shape}"
            raise ValueError(f"weight {name} is {found}; expected float32 {expected[name]}")
        if not np.isfinite(weight).all():
            raise ValueError(f"weight {name} has NaN or infinity; expected finite numbers")
    return SeasonNetwork(config, weights)


def check_layout(layout: PatchLayout, frequency: Frequency, h: int) -> None:
    """Check that a window is not longer than its seasons require, which limits its memory.

    Raises:
        ValueError: the layout does not match the frequency and the horizon.
    """
    season, longer = frequency.season_length, frequency.long_season or 0
    longest_patch = _LONGEST_SEASONAL_PATCH if layout.seasonal else max(season, _SHORTEST_PATCHES)
    if layout.patch > longest_patch:
        raise ValueError(f"patches of {layout.patch} steps do not fit a season of {season}")
    if layout.long_season > _YEAR_EXCEEDS * max(season, longer):
        raise ValueError(f"a long season of {layout.long_season} steps is not the table's")
    if layout.leads > h:
        raise ValueError(f"{layout.leads} patches ahead do not fit a horizon of {h} steps")


def check_profile(profile: TableProfile, config: NetworkConfig, table: Table) -> None:
    """Check that the features match the table's columns and the inputs of the network.

    Raises:
        ValueError: they do not match.
    """
    holidays = profile.holidays.names if profile.holidays is not None else ()
    _check_encoder(profile.known, (*table.covariate_names, *holidays), table.categories)
    _check_encoder(profile.past, table.past_names, table.categories)
    _check_encoder(profile.static, table.static.names, table.static.categories)
    if not set(profile.calendar_names) <= set(table.frequency.feature_names):
        raise ValueError("the profile has calendar features that the frequency does not have")
    for found, read in (
        (len(profile.known.features), config.covariates),
        (len(profile.past.features), config.past_covariates),
        (len(profile.static.features), config.static),
        (len(profile.calendar_names), config.calendar),
    ):
        if read not in (0, found):  # the pretrained network reads none
            raise ValueError(f"the network reads {read} features where the table has {found}")
    if profile.regression is not None:
        _check_encoder(
            profile.regression.encoder,
            (*table.covariate_names, *holidays, *table.past_names),
            table.categories,
        )
        profile.regression.check()
        if profile.regression.season_length != table.frequency.season_length:
            raise ValueError("the regression has another season length than the table")
    closing = profile.closing
    features = [(f.covariate, f.category) for f in profile.known.features]
    if closing is not None and (closing.covariate, closing.category) not in features:
        raise ValueError("the feature of closed steps is not a feature of the network")
    _check_closed_calendar(profile, table)


def _check_closed_calendar(profile: TableProfile, table: Table) -> None:
    """Check that the closed calendar has the table's steps, series and place of holidays."""
    calendar = profile.closed_calendar
    if calendar.is_empty:
        return
    per_day = calendar.steps_per_day
    if per_day != steps_per_day(table):
        raise ValueError(f"the closed calendar has {per_day} steps in a day, unlike the table")
    place = profile.holidays.place if profile.holidays is not None else None
    if calendar.place not in (None, place):
        raise ValueError("the closed calendar has the holidays of another place")
    ranges = {
        "weekday": (0, 6),
        "time_of_day": (0, per_day - 1),
        "time_of_week": (0, 7 * per_day - 1),
        "date": (101, 1231),
        "easter": (-366, 366),
        "holiday": (0, -1),
    }
    slots = ("time_of_week", [slot for own in calendar.own for slot in own.slots])
    for kind, values in (*((rule.kind, rule.values) for rule in calendar.rules), slots):
        least, most = ranges[kind]
        if any(not least <= value <= most for value in values):
            raise ValueError(f"the closed calendar has a {kind} that does not exist")
    if not {label for own in calendar.own for label in own.ids} <= set(table.ids.tolist()):
        raise ValueError("the closed calendar has series that the table does not have")


def _check_encoder(
    encoder: CovariateEncoder, names: tuple[str, ...], categories: Mapping[str, tuple[str, ...]]
) -> None:
    if encoder.names != names:
        raise ValueError("the features belong to other columns than those of the table")
    for feature in encoder.features:
        labels = categories.get(feature.covariate, ())
        if feature.covariate not in names:
            raise ValueError(f"a feature belongs to {feature.covariate!r}, which is not a column")
        if feature.category is not None and feature.category >= len(labels):
            raise ValueError(f"a feature belongs to category {feature.category}, which is unknown")


def check_table(table: Table) -> None:
    """Check a table: shapes, types, categories, and series of at least one row on the grid.

    Raises:
        ValueError: a check fails.
    """
    count, rows = len(table.ids), len(table.y)
    static = table.static
    for what, array, shape in (
        ("offsets", table.offsets, (count + 1,)),
        ("times", table.ds, (rows,)),
        ("targets", table.y, (rows,)),
        ("covariates", table.covariates, (rows, len(table.covariate_names))),
        ("past covariates", table.past_covariates, (rows, len(table.past_names))),
        ("static features", static.values, (count, len(static.names))),
        (
            "features of cold-start series",
            static.cold_start_values,
            (len(static.cold_start_ids), len(static.names)),
        ),
    ):
        if array.shape != shape:
            raise ValueError(f"the {what} are {array.shape}; expected {shape}")
        kind = "f" if what not in ("offsets", "times") else "iM"
        if array.dtype.kind not in kind or array.dtype.itemsize != 8:
            raise ValueError(f"the {what} are of type {array.dtype}")
        if kind == "f" and np.isinf(array).any():
            raise ValueError(f"the {what} have infinite values")
    if table.offsets[0] != 0 or table.offsets[-1] != rows or (table.lengths < 0).any():
        raise ValueError("the offsets of the series do not cover all rows")
    if (table.lengths < 1).any():
        raise ValueError("a series has no rows")
    _check_codes(table.covariates, table.covariate_names, table.categories)
    _check_codes(table.past_covariates, table.past_names, table.categories)
    _check_codes(static.values, static.names, static.categories)
    _check_codes(static.cold_start_values, static.names, static.categories)
    if count:
        frequency = table.frequency
        check_seasons(frequency.season_length, frequency.long_season, int(table.lengths.max()))
    _check_times(table)


def _check_codes(
    values: FloatArray, names: tuple[str, ...], categories: Mapping[str, tuple[str, ...]]
) -> None:
    """Check that each category is the index of its label, or -1 if it is unknown."""
    for name, column in zip(names, values.T, strict=True):
        known = column[~np.isnan(column)]
        if name in categories and not np.isin(known, np.arange(-1, len(categories[name]))).all():
            raise ValueError(f"column {name!r} has categories without labels")


def _check_times(table: Table) -> None:
    """Check that each series is on the grid, and that its times can be written to a frame."""
    if table.frequency.is_numbered != (table.ds.dtype.kind == "i"):
        raise ValueError("the times are of another kind than the frequency")
    if table.ds.dtype.kind == "M" and np.isnat(table.ds).any():
        raise ValueError("a time is missing")
    lengths = table.lengths
    first = np.repeat(table.ds[table.offsets[:-1]], lengths)
    step = np.arange(len(first)) - np.repeat(table.offsets[:-1], lengths)
    if not np.array_equal(table.frequency.grid.advance(first, step), table.ds):
        raise ValueError("the times are not on the grid of the frequency")
    ahead = table.frequency.future(table.last_ds, 1)[:, 0]
    schema = table.schema
    to_frame(schema, {schema.id_col: table.ids, schema.time_col: ahead})
