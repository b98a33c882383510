"""Reads static features: one row per series, for example its region, size or kind.

Series that have features but no past become cold-start series.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.errors import DataError
from gated.table.cells.kinds import kind_of
from gated.table.columns.content import (
    Categories,
    labels_of,
    numbered_steps,
    read_covariates,
)
from gated.table.io.source import Source
from gated.table.schema import Schema
from gated.text import counted, did_you_mean, listed

__all__ = ["Static", "read_static"]


@dataclass(frozen=True)
class Static:
    """Features that do not change with time.

    Attributes:
        names: [S] of the features.
        values: [N, S] float64, in the order of the table's series; NaN where not known, a category
            as the index of its label.
        categories: for each categorical feature: its labels.
        cold_start_ids: [K] cold-start series: they have features, but no past.
        cold_start_values: [K, S] float64, the features of the cold-start series.
    """

    names: tuple[str, ...]
    values: FloatArray
    categories: Categories
    cold_start_ids: ObjectArray
    cold_start_values: FloatArray

    @classmethod
    def none(cls, count: int) -> "Static":
        """The static features of `count` series that have none."""
        no_series = np.empty(0, dtype=object)
        return cls((), np.zeros((count, 0)), {}, no_series, np.zeros((0, 0)))

    def of(self, series: IntArray) -> "Static":
        """The features of some of the series, [n] indices; cold-start series are left out."""
        none = np.zeros((0, len(self.names)))
        return replace(
            self,
            values=self.values[series],
            cold_start_ids=np.empty(0, dtype=object),
            cold_start_values=none,
        )


def read_static(
    source: Source,
    schema: Schema,
    ids: ObjectArray,
    left_out: Collection[str] = (),
    like: Static | None = None,
) -> tuple[Static, tuple[str, ...]]:
    """Read a table with one row per series.

    Args:
        source: a table with the id column of the past; all other columns but dates are features.
        schema: schema of the past table.
        ids: [N] its series.
        left_out: labels of series whose past could not be used: they are not cold-start series.
        like: features of a fitted model: the same columns and categories are expected.

    Returns:
        The features, and notes on them.

    Raises:
        DataError: the id column is missing, a series occurs twice, or a feature is missing.
    """
    columns = source.frame.columns
    if schema.id_col not in columns:
        raise DataError(
            f"{source.prefix}the static table has no column `{schema.id_col}`."
            f"{did_you_mean(schema.id_col, columns)} Expected the id column of the past and one "
            f"column for each feature; found {listed(columns)}."
        )
    names, dates = like.names if like is not None else (), []
    if like is None:
        others = [name for name in columns if name != schema.id_col]
        dates = [name for name in others if kind_of(source.frame[name], source.missing) == "date"]
        names = tuple(name for name in others if name not in dates)
    missing = [name for name in names if name not in columns]
    if missing or not names:
        what = f"the features {listed(missing)} are missing" if missing else "there is no feature"
        raise DataError(
            f"{source.prefix}{what}. Expected `{schema.id_col}` and one column for each feature; "
            f"found {listed(columns)}."
        )
    codes, labels = labels_of(source, schema.id_col)
    if len(labels) < len(codes):
        first = int(np.argmax(numbered_steps(codes) > 0))
        raise DataError(
            f"{source.where(first)}: series `{labels[codes[first]]}` occurs twice. Expected one "
            "row for each series."
        )
    read = read_covariates(source, names, like.categories if like else None)
    values = read.values
    texts = [str(label) for label in labels]  # a file's ids are text, 7 is "7"
    known = {text: index for index, text in enumerate(texts)}
    row = np.array([known.get(str(label), -1) for label in ids], dtype=np.int64)
    found = np.where((row >= 0)[:, None], values[row], np.nan)
    past = {*left_out, *(str(label) for label in ids)}
    new = np.array([text not in past for text in texts])
    cold_start_ids = _as_ids(labels[codes][new], type(ids[0]))
    notes = (*_notes(names, dates, ids[row < 0], cold_start_ids), *read.notes)
    return Static(names, found, read.categories, cold_start_ids, values[new]), notes


def _as_ids(labels: ObjectArray, kind: type) -> ObjectArray:
    """Convert the labels of cold-start series to the type of the other ids.

    Raises:
        DataError: a label cannot be converted to that type.
    """
    converted = np.empty(len(labels), dtype=object)
    for index, label in enumerate(labels):
        try:
            converted[index] = label if isinstance(label, kind) else kind(label)
        except (TypeError, ValueError) as problem:
            raise DataError(
                f"Series `{label}` has no past, and its name is not of type {kind.__name__} as "
                "the names of the other series. Write the names in the past as text."
            ) from problem
    return converted


def _notes(
    names: Sequence[str], dates: Sequence[str], without: ObjectArray, cold_start_ids: ObjectArray
) -> tuple[str, ...]:
    notes = [f"static features: {listed(names)}."]
    if dates:
        notes.append(f"not used as static features: {listed(dates)}, dates.")
    if len(without):
        notes.append(
            f"{counted(len(without), 'series', 'series')} without static features; first "
            f"`{without[0]}`."
        )
    if len(cold_start_ids):
        notes.append(
            f"{counted(len(cold_start_ids), 'series', 'series')} without any past, first "
            f"`{cold_start_ids[0]}`: forecast from the series with the most similar static "
            "features."
        )
    return tuple(notes)
