"""Describes the regression on covariates in sentences: how much it explains, and what it costs."""

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.data.regression.effect import regression_columns
from gated.forecast.data.table_profile import TableProfile
from gated.table import Table
from gated.text import amount, counted, listed, percent

__all__ = ["range_notes", "regression_notes"]


def regression_notes(profile: TableProfile, target: str) -> tuple[str, ...]:
    """A sentence on the share that the covariates explain, and the errors with and without them.

    Args:
        profile: profile of the table.
        target: name of its target column.
    """
    regression = profile.regression
    if regression is None:
        return ()
    groups = profile.groups
    names = list(dict.fromkeys(groups.get(name, name) for name in regression.covariates))
    one = len(names) == 1
    text = (
        f"{listed(names)} {'explains' if one else 'explain'} {percent(regression.share)} of what "
        f"the seasons leave over in {target}, and the forecast uses {'it' if one else 'them'}"
    )
    if regression.errors:
        used, without = regression.errors
        text += (
            f": on the held-out windows the network's error is {used:.2f} instead of "
            f"{without:.2f} (seasonal naive in the past = 1)"
        )
    return (f"{text}.",)


def range_notes(profile: TableProfile, table: Table, future: FloatArray) -> tuple[str, ...]:
    """A sentence on future values outside of the range of the past, one for each covariate.

    Args:
        profile: profile of the table.
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
    """
    regression = profile.regression
    if regression is None:
        return ()
    n, h, width = future.shape
    ds = table.frequency.future(table.last_ds, h).reshape(-1)
    no_past = np.full((n * h, len(table.past_names)), np.nan)
    columns = regression_columns(future.reshape(n * h, width), ds, profile.holidays, no_past)
    notes = []
    for name, count in regression.outside(columns).items():
        index = [feature.covariate for feature in regression.encoder.features].index(name)
        low, high = regression.low[index], regression.high[index]
        notes.append(
            f"{counted(count, 'future value')} of `{name}` outside of the range of the past "
            f"({amount(low)} to {amount(high)}); the forecast uses the nearest value in it."
        )
    return tuple(notes)
