"""Defines the columns that a caller names, and the role that each column of a table has."""

from collections.abc import Sequence
from dataclasses import dataclass

from gated.errors import UsageError
from gated.text import did_you_mean, listed, option

__all__ = ["COUNT", "Request", "Roles", "check_request"]

COUNT = "count"
"""The target's name where the rows are counted."""


@dataclass(frozen=True)
class Request:
    """The columns that the caller named; None where the column is to be detected.

    With `aggregate`, the rows of one time are brought together: times that repeat do not mean that
    there are several series.
    """

    id_col: str | None = None
    time_col: str | None = None
    target_col: str | None = None
    covariates: Sequence[str] = ()
    past_covariates: Sequence[str] = ()
    wide: bool | None = None
    aggregate: str | None = None
    time_format: str | None = None

    @property
    def counts_rows(self) -> bool:
        """Whether rows are counted, whatever their values are."""
        return self.aggregate == "count" and self.target_col is None and not self.wide

    @property
    def all_covariates(self) -> tuple[str, ...]:
        """All covariates: those known in the future first, then the past covariates."""
        return (*self.covariates, *self.past_covariates)


@dataclass(frozen=True)
class Roles:
    """The role of each column.

    Attributes:
        time: the time column; None if the rows are numbered steps in input order.
        ids: the id column; None for a single series.
        targets: the target; for a wide table, one column per series.
        covariates: columns of future and past covariates.
        wide: whether every target column is a series of its own.
        notes: the choices, one sentence each.
        counts_rows: whether the target is no column: it is the number of rows, named `COUNT`.
    """

    time: str | None
    ids: str | None
    targets: tuple[str, ...]
    covariates: tuple[str, ...]
    wide: bool
    notes: tuple[str, ...]
    counts_rows: bool = False

    @property
    def used(self) -> list[str]:
        """All columns that have a role; a joined id column is one."""
        single = [name for name in (self.time, self.ids) if name is not None]
        targets = () if self.counts_rows else self.targets
        return [*single, *targets, *self.covariates]


def check_request(request: Request, columns: Sequence[str], prefix: str) -> None:
    """Check that the named columns exist, and that each has one role.

    Args:
        request: the columns that the caller named.
        columns: those of the table.
        prefix: the name of the file, for messages.

    Raises:
        UsageError: a name is not a column, or is given twice.
    """
    given = {
        "id_col": request.id_col,
        "time_col": request.time_col,
        "target_col": request.target_col,
    }
    for parameter, name in (
        *given.items(),
        *(("covariates", name) for name in request.covariates),
        *(("past_covariates", name) for name in request.past_covariates),
    ):
        if name is not None and name not in columns:
            raise UsageError(
                f"{prefix}there is no column `{name}` "
                f"({option(parameter)}).{did_you_mean(name, columns)} "
                f"The columns are {listed(columns)}."
            )
    given_columns = (*given.values(), *request.all_covariates)
    named = [name for name in given_columns if name is not None]
    twice = {name for name in named if named.count(name) > 1}
    if twice:
        raise UsageError(
            f"Column {listed(sorted(twice))} has more than one role. Expected a "
            f"different column for each of {option('id_col')}, {option('time_col')}, "
            f"{option('target_col')}, {option('covariates')} and {option('past_covariates')}."
        )
    if request.wide and any((request.id_col, request.target_col, request.all_covariates)):
        raise UsageError(
            f"{option('wide')} makes every column but the time a series. Leave out "
            f"{option('id_col')}, {option('target_col')} and {option('covariates')}."
        )
