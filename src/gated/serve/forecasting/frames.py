"""Turns the rows of jobs into tables for `gated.Forecaster`, read only where that is needed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from gated.serve.forecasting.job import Series
from gated.serve.forecasting.steps import clear_step
from gated.serve.forecasting.times import as_datetimes
from gated.table import Schema, Static, Table

__all__ = ["ROLES", "frame_of", "regular_table", "renamed"]

ROLES: dict[str, Any] = {"id_col": "unique_id", "time_col": "ds", "target_col": "y"}
"""The columns of `frame_of`."""

_FARTHEST = 9_000_000_000_000_000  # microseconds: the years of datetime64[ns] end in 2262


def frame_of(labels: Sequence[str], series: Sequence[Series], clock: str) -> pd.DataFrame:
    """The rows of series as a frame."""
    lengths = [len(one.ds) for one in series]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.array(labels, dtype=object), lengths),
            "ds": as_datetimes(clock, np.concatenate([one.ds for one in series])),
            "y": np.concatenate([one.y for one in series]),
        }
    )


def renamed(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The frame with the column names of a fitted table."""
    return frame.rename(
        columns={"unique_id": schema.id_col, "ds": schema.time_col, "y": schema.target_col}
    )


def regular_table(
    labels: Sequence[str], series: Sequence[Series], clock: str, like: Table
) -> Table | None:
    """The table that is read from the frame of ordinary series; None if they must be read.

    Nothing has to be found or repaired if every value is observed and all times are one clear step
    apart. Reading such a frame takes several times as long as a forecast.

    Args:
        labels: of the series, all different.
        series: of one kind, see `Job.kind`.
        clock: what their times count.
        like: the fitted table, without covariates, of the same step.
    """
    if clear_step(clock, series) != like.frequency.alias:
        return None
    y = np.concatenate([one.y for one in series])
    ds = np.concatenate([one.ds for one in series])
    if not np.isfinite(y).all() or (clock != "integer" and np.abs(ds).max() > _FARTHEST):
        return None
    ids = np.empty(len(labels), dtype=object)
    ids[:] = labels
    nothing = np.zeros((len(y), 0))
    return replace(
        like,
        ids=ids,
        offsets=np.concatenate([[0], np.cumsum([len(one.ds) for one in series])]),
        ds=as_datetimes(clock, ds).astype(like.ds.dtype),
        y=y,
        covariates=nothing,
        past_covariates=nothing,
        static=Static.none(len(labels)),
    )
