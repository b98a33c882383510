"""Decides the model of a job once, on a sample of whole series, and moves models between processes.

A model that is not given is fitted on the sample. The typical level of series with many zeros is
measured on it in any case, so that the series of a bucket do not decide it.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gated.errors import DataError, NotFittedError
from gated.files import write_whole
from gated.forecast import Forecaster
from gated.forecast.typical_level import with_typical_level
from gated.scale.columns import SeriesColumns, SortedRows
from gated.scale.isolating import quiet, usable
from gated.scale.jobs.plan import Work
from gated.scale.partition import read_partition
from gated.table import read_table

__all__ = ["Sample", "decided_model", "for_horizon", "loaded", "sample_of", "stored"]

_FILE = "model.gated"


@dataclass(frozen=True)
class Sample:
    """The series with the smallest hashes.

    Attributes:
        rows: their rows.
        n_series: about how many series the whole table has; exactly, if they are all.
    """

    rows: pa.Table
    n_series: int


def sample_of(parts: Iterable[pa.Table], columns: SeriesColumns, work: Work) -> Sample:
    """The series with the smallest hashes: the same sample for every engine.

    Args:
        parts: rows of whole series; each part has larger hashes than the parts before.
        columns: of the parts.
        work: how many series and rows are taken.
    """
    tables, hashes = list[pa.Table](), list[np.ndarray[Any, np.dtype[np.uint64]]]()
    known, is_whole = np.zeros(0, dtype=np.uint64), True
    for part in parts:
        tables.append(part)
        hashes.append(columns.hashes(part))
        known = np.concatenate([known, np.unique(hashes[-1])])
        if len(known) >= work.sample_series or sum(map(len, tables)) >= work.sample_rows:
            is_whole = False
            break
    table, of_row = pa.concat_tables(tables), np.concatenate(hashes)
    series, rows = np.unique(of_row, return_counts=True)
    within = max(1, int(np.searchsorted(np.cumsum(rows), work.sample_rows, side="right")))
    chosen = series[: min(within, work.sample_series)]
    count = len(series)
    if not is_whole:  # hashes are uniform: K of N series are below about K / N
        count = max(len(chosen), int((len(chosen) - 1) / (float(chosen[-1]) / 2.0**64)))
    return Sample(table.filter(pa.array(of_row <= chosen[-1])), count)


def decided_model(
    sample: pa.Table, columns: SeriesColumns, work: Work, given: Forecaster | None
) -> Forecaster:
    """The model of a job: a given one, or one that is fitted on the usable series of a sample.

    Args:
        sample: rows of whole series, in any order.
        columns: of the sample.
        work: hyperparameters and covariates.
        given: a fitted model.

    Raises:
        DataError: no series of the sample can be forecast.
        UsageError: a hyperparameter is out of range.
    """
    rows = SortedRows.sort(sample, columns)
    if given is None:
        model = _fitted(rows, columns, work)
        return with_typical_level(model, model.table_, work.h)

    def level(part: pa.Table) -> Forecaster:
        return with_typical_level(given, read_partition(part, given), work.h)

    with quiet():
        found = usable(rows, partial(read_partition, model=given), level)
    return found.made[0] if found.made else given


def _fitted(rows: SortedRows, columns: SeriesColumns, work: Work) -> Forecaster:
    """Fit a forecaster on the usable series of a sample."""
    params = {**(work.params or {}), "h": work.h}
    given: dict[str, Any] = {
        "id_col": list(columns.ids) or None,
        "time_col": columns.time,
        "target_col": columns.target,
        "covariates": work.covariates,
        "past_covariates": work.past_covariates,
    }
    read = partial(read_table, **given, freq=params.get("freq"))
    with quiet():  # each series that is left out is a row of the forecast
        found = usable(rows, read, lambda part: Forecaster(**params).fit(part, **given))
    if not found.made:
        reason = next(iter(found.reasons.values()))
        raise DataError(f"No series of the sample can be forecast. The first one: {reason}")
    return found.made[0]


def for_horizon(model: Forecaster, h: int | None) -> Forecaster:
    """A given fitted model, validated and calibrated for a horizon on its own table.

    A trained model, and one that was saved without its table, keeps its validation, as in
    `Forecaster.predict`.

    Raises:
        NotFittedError: it is not fitted.
    """
    if not model.is_fitted:
        raise NotFittedError("The model is not fitted. Give a fitted one, or hyperparameters.")
    can_fit = model.training == "none" and model.table_.n_series
    if h is None or h == model.h_ or not can_fit:
        return model
    params = {**model.get_params(), "h": h, "freq": None, "season_length": None}
    return Forecaster(**params).fit(model.table_)


def stored(model: Forecaster) -> bytes:
    """A model as the content of a file, without its table.

    Raises:
        NotFittedError: it is not fitted.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        model.save(path, with_table=False)
        return path.read_bytes()


def loaded(content: bytes) -> Forecaster:
    """The model of the content of a file.

    Raises:
        ModelFileError: it is damaged, or no model.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        write_whole(path, content)
        return Forecaster.load(path)
