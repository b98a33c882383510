"""What is known of a series as a whole: its region, its size, its kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.errors import DataError
from gated.table.cells.kinds import kind_of
from gated.table.columns.content import Categories, labels_of, read_covariates
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
            the index of its label.
        categories: of each feature that is text: its labels.
        newcomers: [K] series that have features, but no past at all.
        newcomer_values: [K, S] float64, theirs.
    """

    names: tuple[str, ...]
    values: FloatArray
    categories: Categories
    newcomers: ObjectArray
    newcomer_values: FloatArray

    @classmethod
    def none(cls, count: int) -> "Static":
        """Of a table of so many series without such features."""
        nobody = np.empty(0, dtype=object)
        return cls((), np.zeros((count, 0)), {}, nobody, np.zeros((0, 0)))

    def of(self, series: IntArray) -> "Static":
        """The features of some of the series, [n] indices; newcomers are left out."""
        none = np.zeros((0, len(self.names)))
        return replace(
            self,
            values=self.values[series],
            newcomers=np.empty(0, dtype=object),
            newcomer_values=none,
        )


def read_static(
    source: Source,
    schema: Schema,
    ids: ObjectArray,
    left_out: Collection[str] = (),
    like: Static | None = None,
) -> tuple[Static, tuple[str, ...]]:
    """Read a table of one row a series.

    Args:
        source: with the id column of the past, and any others: all of them but dates are features.
        schema: of the past.
        ids: [N] its series.
        left_out: labels of series whose past could not be used: they are no newcomers.
        like: features read before: the same columns and categories are expected.

    Returns:
        The features, and what is to be said of them.

    Raises:
        DataError: the id column is missing, a series stands twice, or a feature is missing.
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
        dates = [name for name in others if kind_of(source.frame[name]) == "date"]
        names = tuple(name for name in others if name not in dates)
    missing = [name for name in names if name not in columns]
    if missing or not names:
        what = f"the features {listed(missing)} are missing" if missing else "no feature is there"
        raise DataError(
            f"{source.prefix}{what}. Expected `{schema.id_col}` and one column for each feature; "
            f"found {listed(columns)}."
        )
    codes, labels = labels_of(source, schema.id_col)
    if len(labels) < len(codes):
        first = int(np.flatnonzero(pd.Series(codes).duplicated())[0])
        raise DataError(
            f"{source.where(first)}: series `{labels[codes[first]]}` stands twice. Expected one "
            "row for each series."
        )
    values, categories = read_covariates(source, names, like.categories if like else None)
    words = [str(label) for label in labels]  # a file's ids are text, 7 is "7"
    row = pd.Index(words).get_indexer(pd.Index([str(label) for label in ids]))
    found = np.where((row >= 0)[:, None], values[row], np.nan)
    past = {*left_out, *(str(label) for label in ids)}
    new = np.array([word not in past for word in words])
    newcomers = _as_ids(labels[codes][new], type(ids[0]))
    notes = _notes(names, dates, ids[row < 0], newcomers)
    return Static(names, found, categories, newcomers, values[new]), notes


def _as_ids(labels: ObjectArray, kind: type) -> ObjectArray:
    """Labels of series without any past, of the type that the ids of the others have.

    Raises:
        DataError: one cannot be of that type.
    """
    converted = np.empty(len(labels), dtype=object)
    for index, label in enumerate(labels):
        try:
            converted[index] = label if isinstance(label, kind) else kind(label)
        except (TypeError, ValueError) as problem:
            raise DataError(
                f"Series `{label}` has no past, and its name is no {kind.__name__}, as the names "
                "of the others are. Give the past with names of text."
            ) from problem
    return converted


def _notes(
    names: Sequence[str], dates: Sequence[str], without: ObjectArray, newcomers: ObjectArray
) -> tuple[str, ...]:
    notes = [f"static features: {listed(names)}."]
    if dates:
        notes.append(f"not used as static features: {listed(dates)}, dates.")
    if len(without):
        notes.append(
            f"{counted(len(without), 'series', 'series')} without static features; first "
            f"`{without[0]}`."
        )
    if len(newcomers):
        notes.append(
            f"{counted(len(newcomers), 'series', 'series')} without any past, first "
            f"`{newcomers[0]}`: forecast from the series that are most like it by their static "
            "features."
        )
    return tuple(notes)
