"""Reads the file of a case, and compares the table with the truth."""

from pathlib import Path
from typing import Literal

import numpy as np

from gated.arrays import FloatArray
from gated.errors import DataError, UsageError
from gated.table.reader import read_table
from gated.table.table import Table
from tests.table.fuzz.formats import Case, write

__all__ = ["Outcome", "outcome_of"]

Outcome = Literal["right", "question", "wrong"]


def outcome_of(case: Case, folder: Path) -> tuple[Outcome, str]:
    """Whether the file is read to the truth, with the question or what differs."""
    path = folder / "table.csv"
    path.write_bytes(write(case.truth, case.format))
    try:
        table = read_table(path)
    except (DataError, UsageError) as question:
        return "question", str(question)
    difference = _difference(table, case)
    return ("wrong", difference) if difference else ("right", "")


def _difference(table: Table, case: Case) -> str:
    truth = case.truth
    if len(table.ids) != len(truth.labels):
        return f"{len(table.ids)} series {list(table.ids)[:6]} instead of {len(truth.labels)}"
    meaning = case.format.dates.meaning(truth.times)
    if case.format.layout == "years":
        meaning = truth.times
    wanted = {
        _key("/".join(labels)): (meaning.to_numpy().astype("M8[ns]"), values)
        for labels, values in zip(truth.labels, truth.values, strict=True)
    }
    for series, label in enumerate(table.ids):
        part = slice(table.offsets[series], table.offsets[series + 1])
        key = "" if not truth.labels[0] else _key(str(label))
        if key not in wanted:
            return f"a series {label!r} that is none of {sorted(wanted)}"
        times, values = wanted[key]
        ds, y = table.ds[part], table.y[part]
        if case.format.dates.unit == "Y" and ds.dtype == np.int64:
            ds = (ds - 1970).astype("M8[Y]").astype("M8[ns]")  # numbered years are right, too
        observed = ~np.isnan(values)
        if ds.dtype != times.dtype:
            return f"times of type {ds.dtype}: {ds[:3]}"
        if not np.array_equal(ds[~np.isnan(y)], times[observed]):
            return f"times {ds[~np.isnan(y)][:4]} instead of {times[observed][:4]} ({label!r})"
        if not _close(y[~np.isnan(y)], values[observed]):
            return f"values {y[~np.isnan(y)][:4]} instead of {values[observed][:4]} ({label!r})"
        if len(ds) != len(times):
            return f"{len(ds)} steps of {table.frequency.alias} instead of {len(times)}"
    return ""


def _close(found: FloatArray, wanted: FloatArray) -> bool:
    # Percentages and scales are divided: the last bit may differ.
    return bool(np.allclose(found, wanted, rtol=1e-12, atol=0))


def _key(label: str) -> str:
    return label.strip()
