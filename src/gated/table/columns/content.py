"""Reads the columns that have a role into arrays: series labels, times and numbers.

Text covariates become categories: each cell is the index of its label.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.dtypes import DType

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.errors import DataError
from gated.table.cells.distinct import distinct_text, distinct_values
from gated.table.cells.kinds import kind_of
from gated.table.cells.numbers import TEXT_TYPES, Numbers, read_numbers, without_missing
from gated.table.cells.plain import plain_values
from gated.table.cells.written.separators import Sign
from gated.table.columns.number_notes import number_notes, unused_notes
from gated.table.columns.request import Roles
from gated.table.io.source import Source
from gated.table.schema import TimeForm
from gated.table.time.grid import Instants
from gated.table.time.times import TimeRequest, Times, read_times
from gated.text import counted

__all__ = [
    "UNKNOWN",
    "Categories",
    "Content",
    "Covariates",
    "labels_of",
    "numbered_steps",
    "read_categories",
    "read_content",
    "read_covariates",
]

Categories = dict[str, tuple[str, ...]]
"""Maps a column to its labels; a category is stored as the index of its label."""

UNKNOWN = -1
"""The code of a category that does not occur in the past."""


@dataclass(frozen=True)
class Covariates:
    """The values of columns of numbers and of categories.

    Attributes:
        values: [R, F] float64, NaN where missing; a category is the index of its label, or
            `UNKNOWN` if the label is not known.
        categories: for each categorical column: its labels.
        notes: how cells were interpreted, one sentence each.
        named: how many cells have each mark of the option `missing`.
        decimals: the decimal sign of each column whose cells decide it.
        missing_codes: the numbers of each column that stand for missing values.
    """

    values: FloatArray
    categories: Categories
    notes: tuple[str, ...] = ()
    named: Counter[str] = field(default_factory=Counter)
    decimals: dict[str, Sign] = field(default_factory=dict)
    missing_codes: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """The values of a table's rows, in input order.

    Attributes:
        ids: [N] object, the series' labels in order of first appearance.
        codes: [R] int64, the series of each row.
        ds: [R] datetime64[ns] or int64.
        y: [R] float64.
        covariates: [R, F] float64.
        categories: for each categorical covariate: its labels, by code.
        time_form: format of the times.
        id_dtype: type of the id column; None without one.
        notes: how cells were interpreted, one sentence each.
        missing: number of rows without a target.
        targets: name of the target column, or a description of several.
        decimals: the decimal sign of each column of numbers whose cells decide it.
        missing_codes: the numbers of each column that stand for missing values.
    """

    ids: ObjectArray
    codes: IntArray
    ds: Instants
    y: FloatArray
    covariates: FloatArray
    categories: Categories
    time_form: TimeForm
    id_dtype: DType | None
    notes: tuple[str, ...]
    missing: int
    targets: str
    decimals: dict[str, Sign]
    missing_codes: dict[str, tuple[float, ...]]

    def missing_notes(self, at_end: int) -> tuple[str, ...]:
        """A note on the missing targets, if any, without those after the last one of a series."""
        missing = self.missing - at_end
        if missing <= 0:
            return ()
        return (f"{self.targets}: {counted(missing, 'missing value')} taken as not observed.",)


def read_content(
    source: Source,
    roles: Roles,
    time_request: TimeRequest | None,
    known: Categories | None = None,
) -> Content:
    """Read the columns that have a role.

    Args:
        source: the table.
        roles: roles of its columns.
        time_request: how to read the time column; None if there is none.
        known: the categories of covariates, if they are given by another table.

    Raises:
        DataError: a cell cannot be read; the message names its row.
    """
    n_rows = len(source.frame)
    id_dtype = None
    if roles.ids is not None:
        codes, ids = labels_of(source, roles.ids)
        id_dtype = source.dtype(roles.ids)
    else:
        ids = np.array(roles.targets, dtype=object)
        codes = np.repeat(np.arange(len(ids)), n_rows)
    if roles.counts_rows:
        targets = [Numbers(np.ones(n_rows), missing=0, infinite=0)]
    else:
        known_values = plain_values(source, roles.targets)
        targets = [read_numbers(source, name, known_values.get(name)) for name in roles.targets]
    by_name = dict(zip(roles.targets, targets, strict=True))
    y = targets[0].values if len(targets) == 1 else np.concatenate([n.values for n in targets])
    found = read_covariates(source, roles.covariates, known)
    named = Counter(found.named)
    for column in targets:
        named.update(column.named)
    # A wide table has one row per value here.
    covariates = found.values if roles.covariates else np.zeros((len(y), 0))
    if time_request is None:
        times = Times(numbered_steps(codes), TimeForm("integer", nw.Int64()))
    else:
        times = read_times(source, time_request)
        times = replace(times, values=np.tile(times.values, len(targets)))
    return Content(
        ids,
        codes,
        times.values,
        y,
        covariates,
        found.categories,
        times.form,
        id_dtype,
        notes=(
            *times.notes,
            *number_notes(roles.targets, targets),
            *_infinite_notes(roles.targets, targets),
            *found.notes,
            *unused_notes(source.missing, named),
        ),
        missing=sum(column.missing for column in targets),
        targets=_target_text(roles.targets),
        decimals={**_decimals(by_name), **found.decimals},
        missing_codes={**_codes(by_name), **found.missing_codes},
    )


def labels_of(source: Source, column: str) -> tuple[IntArray, ObjectArray]:
    """Number the distinct labels of an id column.

    Returns:
        codes [R] int64 and labels [N] object, in order of first appearance.

    Raises:
        DataError: a cell is empty.
    """
    series = source.frame[column]
    empty = series.is_null().to_numpy()
    if source.is_text:
        codes, texts = distinct_text(series)
        empty = pc.equal(pc.utf8_trim_whitespace(texts), "").to_numpy(zero_copy_only=False)[codes]
    if empty.any():
        raise DataError(
            f"{source.where(int(np.argmax(empty)))}: {column} is empty. Expected the name of a "
            "series in every row."
        )
    if series.dtype.is_float() and (unreal := ~np.isfinite(series.to_numpy())).any():
        raise DataError(
            f"{source.where(int(np.argmax(unreal)))}: {column} is no finite number. Expected the "
            "name of a series in every row."
        )
    if (
        source.backend == "pandas"
        and not source.is_text
        and nw.dependencies.is_pandas_series(native := series.to_native())
    ):
        import pandas as pd

        try:
            codes, labels = pd.factorize(native)
        except TypeError as problem:  # lists and the like are not hashable
            raise _no_labels(source, series) from problem
        return codes.astype(np.int64), np.asarray(labels, dtype=object)
    if series.dtype.is_nested():
        raise _no_labels(source, series)
    if series.dtype in TEXT_TYPES:
        codes, texts = distinct_text(series)
    else:
        codes, texts = distinct_values(series.to_arrow())
    return codes, np.array(texts.to_pylist(), dtype=object)


def _no_labels(source: Source, series: nw.Series[Any]) -> DataError:
    return DataError(
        f"{source.prefix}column `{series.name}` is of type {series.dtype}, which cannot name "
        "series. Expected text or numbers."
    )


def numbered_steps(codes: IntArray) -> IntArray:
    """Number the rows of each series 0, 1, 2, … in input order.

    >>> numbered_steps(np.array([0, 1, 0, 1, 1]))
    array([0, 0, 1, 1, 2])
    """
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    begin = np.repeat(np.cumsum(counts) - counts, counts)
    steps = np.empty(len(codes), dtype=np.int64)
    steps[order] = np.arange(len(codes)) - begin
    return steps


def read_covariates(
    source: Source, names: Sequence[str], known: Categories | None = None
) -> Covariates:
    """Read columns of numbers and of categories.

    Args:
        source: the table.
        names: names of the columns.
        known: the labels of each categorical column, if they are given by another table; by
            default a text column is categorical.

    Raises:
        DataError: a column holds dates, or text among numbers.
    """
    columns: list[FloatArray] = []
    categories: Categories = {}
    numbers: dict[str, Numbers] = {}
    named: Counter[str] = Counter()
    for name in names:
        kind = kind_of(source.frame[name], source.missing)
        if kind == "date":
            example = source.frame[name].drop_nulls()[0]
            raise DataError(
                f'{source.prefix}covariate `{name}` holds dates such as "{example}". Expected '
                "numbers, true and false, or categories as text."
            )
        if name in known if known is not None else kind == "text":
            labels = known[name] if known is not None else None
            codes, categories[name], marks = read_categories(source, name, labels)
            columns.append(codes)
            named.update(marks)
        else:
            numbers[name] = read_numbers(source, name)
            columns.append(numbers[name].values)
            named.update(numbers[name].named)
    values = np.stack(columns, axis=1) if columns else np.zeros((len(source.frame), 0))
    notes = number_notes(list(numbers), list(numbers.values()))
    return Covariates(values, categories, notes, named, _decimals(numbers), _codes(numbers))


def _decimals(columns: Mapping[str, Numbers]) -> dict[str, Sign]:
    return {name: found.decimal for name, found in columns.items() if found.decimal is not None}


def _codes(columns: Mapping[str, Numbers]) -> dict[str, tuple[float, ...]]:
    return {name: found.masked for name, found in columns.items() if found.masked}


def read_categories(
    source: Source, column: str, labels: tuple[str, ...] | None = None
) -> tuple[FloatArray, tuple[str, ...], Counter[str]]:
    """Read a categorical column.

    Args:
        source: the table.
        column: its name.
        labels: the known labels; by default those of the column in alphabetical order, so that
            the codes do not depend on the order of the rows.

    Returns:
        [R] float64, the index of each cell's label, NaN where missing, `UNKNOWN` if the label is
        not in `labels`; the labels; and how many cells have each mark of the option `missing`.
    """
    text, named = without_missing(source, column)
    missing = pc.is_null(text)
    if labels is None:
        labels = tuple(sorted(pc.unique(text).drop_null().to_pylist()))
    found = pc.index_in(text, value_set=pa.array(labels, pa.string()))
    codes = pc.if_else(missing, pa.scalar(None, pa.float64()), pc.fill_null(found, UNKNOWN))
    return np.asarray(codes.to_numpy(), dtype=np.float64), labels, named


def _infinite_notes(names: Sequence[str], columns: Sequence[Numbers]) -> tuple[str, ...]:
    infinite = sum(column.infinite for column in columns)
    if not infinite:
        return ()
    where = _target_text(names)
    return (f"{where}: {counted(infinite, 'infinite value')} taken as not observed.",)


def _target_text(names: Sequence[str]) -> str:
    return f"`{names[0]}`" if len(names) == 1 else "the series"
