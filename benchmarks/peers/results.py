"""Stores what `peers` measured, as the JSON file from which tables, chart and page are made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.common.report import Row, Value
from gated.errors import DataError, UsageError

__all__ = ["NAME", "MethodKey", "PeersResults", "load_results", "method_key"]

NAME = "peers"
MethodKey: TypeAlias = tuple[Value, Value]
"""Title and configuration of a method."""

_LOAD = "load before"  # of the machine; it differs between the pieces of a run
_PARTS = ("facts", "machine", "tables", "libraries", "methods")


def method_key(row: Row) -> MethodKey:
    """The title and the configuration of the method of a row."""
    return row["method"], row["configuration"]


@dataclass(frozen=True)
class PeersResults:
    """The measurements of one or several runs on one machine, at one commit.

    Attributes:
        facts: the options that all runs share: cut, seed, trial.
        machine: from `benchmarks.common.measure.machine`.
        tables: a row for each table: data, series, steps, h, season length, its seasonal naive's
            MASE.
        libraries: a row for each library: version, seconds of the import, installed size.
        methods: a row for each table and method: scores, costs, settings, outcome.
    """

    facts: Mapping[str, str | int | bool]
    machine: Mapping[str, str | int | float]
    tables: tuple[Row, ...] = ()
    libraries: tuple[Row, ...] = ()
    methods: tuple[Row, ...] = ()

    def holds(self, data: str, key: MethodKey) -> bool:
        """Whether the method was run on the table, successfully or not."""
        return any(row["data"] == data and method_key(row) == key for row in self.methods)

    def with_table(self, row: Row) -> PeersResults:
        """The results with a further table; unchanged if they hold it."""
        held = any(row["data"] == one["data"] for one in self.tables)
        return self if held else replace(self, tables=(*self.tables, row))

    def with_library(self, row: Row) -> PeersResults:
        """The results with a further library."""
        return replace(self, libraries=(*self.libraries, row))

    def with_method(self, row: Row) -> PeersResults:
        """The results with the row of a further method."""
        return replace(self, methods=(*self.methods, row))

    def continued_by(self, other: PeersResults, path: Path) -> PeersResults:
        """These results, to be extended by a run that has the facts and the machine of `other`.

        Raises:
            UsageError: options, machine or commit of the two differ.
        """
        ours = {**self.facts, **self.machine}
        theirs = {**other.facts, **other.machine}
        differing = [
            f"{name} {ours.get(name)}, now {theirs.get(name)}"
            for name in sorted({*ours, *theirs} - {_LOAD})
            if ours.get(name) != theirs.get(name)
        ]
        if differing:
            raise UsageError(
                f"{path} was measured with {'; '.join(differing)}. Expected the same options, "
                "machine and commit for all parts of a comparison. Write to another --out, or "
                "remove the file and measure again."
            )
        load = max(float(one.machine.get(_LOAD, 0.0)) for one in (self, other))
        return replace(self, machine={**self.machine, _LOAD: load})

    def to_json(self) -> str:
        """The text of the file; `load_results` reads it."""
        content = {"benchmark": NAME, **asdict(self)}
        return json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def load_results(path: Path) -> PeersResults:
    """Read the results of earlier runs from the file that `--out` wrote.

    Raises:
        DataError: the file does not exist, or it is not such a file.
    """
    expected = f"Expected a file that `python -m benchmarks {NAME} --out {path}` wrote."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON ({error}). {expected}") from error
    is_result = isinstance(content, dict) and content.get("benchmark") == NAME
    if not is_result or not all(part in content for part in _PARTS):
        raise DataError(f"{path} is not a result of this benchmark. {expected}")
    rows = {part: tuple(content[part]) for part in ("tables", "libraries", "methods")}
    return PeersResults(content["facts"], content["machine"], **rows)


def _finite(value: Any) -> Any:
    """A value of JSON, with null instead of numbers that are not finite."""
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
