"""Summarises the methods over groups of tables: error relative to seasonal naive, and seconds.

A method that was not done on a table of its group counts there as the seasonal naive forecast, with
the seconds that its process ran: without the table, its means would be of easier or shorter tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import geometric_mean
from typing import cast

from benchmarks.common.report import Row
from benchmarks.peers.results import MethodKey, PeersResults, method_key

__all__ = ["Group", "Summary", "groups", "label_of", "total_seconds"]

_DONE = "done"
_MIN_ERROR = 1e-6  # a forecast without any error has a geometric mean too


@dataclass(frozen=True)
class Summary:
    """A method over the tables of a group; all means are geometric.

    Attributes:
        key: title and configuration of the method.
        library: its library.
        error: mean of MASE ÷ that of the seasonal naive forecast.
        crps_ratio: mean of CRPS ÷ gated's; None if the method has no CRPS on one of the tables.
        seconds: mean seconds of import, fit and first forecast.
        failures: table to the reason why the method was not done there.
    """

    key: MethodKey
    library: str
    error: float
    crps_ratio: float | None
    seconds: float
    failures: dict[str, str]

    @property
    def label(self) -> str:
        """The name of the method, with its configuration if that is not the default."""
        return label_of(self.key)


@dataclass(frozen=True)
class Group:
    """Tables on which each of several methods was run.

    Attributes:
        tables: their names.
        summaries: of the methods, the lowest error first.
    """

    tables: tuple[str, ...]
    summaries: tuple[Summary, ...]


def label_of(key: MethodKey) -> str:
    """The name of a method in charts and texts.

    >>> label_of(("darts RNNModel GRU", "default")), label_of(("gated", "fine-tuned"))
    ('darts RNNModel GRU', 'gated, fine-tuned')
    """
    method, configuration = map(str, key)
    return method if configuration == "default" else f"{method}, {configuration}"


def total_seconds(row: Row, imports: dict[str, float]) -> float:
    """Seconds of import, fit and first forecast; of a method that failed, those of its process."""
    if row["outcome"] != _DONE:
        return cast(float, row["process"])
    return imports[str(row["library"])] + cast(float, row["fit"]) + cast(float, row["predict"])


def groups(results: PeersResults) -> list[Group]:
    """All sets of tables on which a method was run, the largest first.

    A group contains every method that was run on all of its tables. Groups of one table are left
    out if there is a larger one.
    """
    by_method: dict[MethodKey, dict[str, Row]] = {}
    for row in results.methods:
        by_method.setdefault(method_key(row), {})[str(row["data"])] = row
    names = [str(row["data"]) for row in results.tables]
    sets = {tuple(name for name in names if name in rows) for rows in by_method.values()}
    largest = max(map(len, sets), default=0)
    kept = [tables for tables in sets if len(tables) > 1 or largest == 1]
    return [
        Group(tables, tuple(_summaries(results, by_method.values(), tables)))
        for tables in sorted(kept, key=lambda one: (-len(one), one))
    ]


def _summaries(
    results: PeersResults, methods: Iterable[dict[str, Row]], tables: tuple[str, ...]
) -> list[Summary]:
    naive = {str(row["data"]): cast(float, row["naive_mase"]) for row in results.tables}
    imports = {str(row["library"]): cast(float, row["import"]) for row in results.libraries}
    chosen = [[rows[name] for name in tables] for rows in methods if set(tables) <= set(rows)]
    summaries = [
        Summary(
            key=method_key(rows[0]),
            library=str(rows[0]["library"]),
            error=geometric_mean(_errors(rows, naive)),
            crps_ratio=_crps_ratio(rows, chosen[0]),
            seconds=geometric_mean([total_seconds(row, imports) for row in rows]),
            failures={
                str(row["data"]): str(row["outcome"]) for row in rows if row["outcome"] != _DONE
            },
        )
        for rows in chosen
    ]
    return sorted(summaries, key=lambda one: one.error)


def _errors(rows: list[Row], naive: dict[str, float]) -> list[float]:
    return [
        max(cast(float, row["mase"]) / naive[str(row["data"])], _MIN_ERROR)
        if row["outcome"] == _DONE
        else 1.0
        for row in rows
    ]


def _crps_ratio(rows: list[Row], ours: list[Row]) -> float | None:
    pairs = [(row.get("crps"), our.get("crps")) for row, our in zip(rows, ours, strict=True)]
    ratios = [
        theirs / our
        for theirs, our in pairs
        if isinstance(theirs, float) and isinstance(our, float) and our > 0
    ]
    return geometric_mean(ratios) if len(ratios) == len(rows) else None
