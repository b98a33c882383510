"""What the choices of time, target and series share: the columns that have no role yet."""

from collections.abc import Collection, Sequence
from functools import cached_property

from gated.errors import DataError
from gated.table.cells.kinds import Kind, kind_of_column
from gated.table.columns.joined_columns import parts_of
from gated.table.columns.names import ID_NAMES, is_label_name, names_of
from gated.table.columns.repeated_columns import with_positions
from gated.table.columns.request import Request, check_request
from gated.table.columns.roles.events import are_events, events_question
from gated.table.columns.roles.helper_columns import UNNAMED_COLUMN, helper_columns
from gated.table.columns.roles.separating import is_filled
from gated.table.io.source import Source
from gated.text import listed, option

__all__ = ["NUMERIC", "Choice"]

NUMERIC: frozenset[Kind] = frozenset({"integer", "number", "boolean", "empty"})


class Choice:
    """The roles chosen so far, and the columns that are free for another.

    Attributes:
        source: the table.
        request: the columns that the caller named.
        columns: the columns that are looked at; those that were left out are not among them.
        taken: those that have a role.
        time, target: the columns chosen for these roles; None before.
        notes: what was chosen and left out, one sentence each.
    """

    def __init__(self, source: Source, request: Request) -> None:
        self.source, self.request = source, request
        self.columns: list[str] = list(source.frame.columns)
        self.time: str | None = None
        self.target = request.target_col
        self.notes: list[str] = []
        check_request(request, self.columns, source.prefix)
        self.taken: set[str] = {
            name
            for name in (
                request.id_col,
                request.time_col,
                request.target_col,
                *request.all_covariates,
            )
            if name is not None
        }

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each column, by its name."""
        return {name: kind_of_column(self.source, name) for name in self.columns}

    @cached_property
    def times_repeat(self) -> bool:
        """Whether a time occurs in more than one row."""
        if self.time is None:
            return False
        times = self.source.frame[self.time]
        return bool(times.n_unique() < len(times))

    @property
    def are_several(self) -> bool:
        """Whether there must be several series, because times repeat.

        Not if the rows of one time are brought together.
        """
        return self.request.aggregate is None and self.times_repeat

    def written(self, name: str) -> str:
        """The name of a column in the header, which may have it more than once."""
        repeated = self.source.repeated.get(name)
        return name if repeated is None else repeated.written

    def take(self, name: str | None) -> None:
        """Note that a column has a role; None takes none."""
        if name is not None:
            self.taken.add(name)

    def free(self, kinds: Collection[Kind] | None = None) -> list[str]:
        """The columns without a role, of all kinds or of some."""
        return [
            name
            for name in self.columns
            if name not in self.taken and (kinds is None or self.kinds[name] in kinds)
        ]

    def id_parts(self, ids: str | None) -> tuple[str, ...]:
        """The columns that the id column was joined from, or will be."""
        others = [name for name in self.columns if name != ids]
        return () if ids is None else parts_of(ids, others) or ()

    def helpers(self, *, by_name: bool = False) -> dict[str, str]:
        """Columns of numbers that no one forecasts; none if there are no other numbers."""
        numbers = self.free({"integer", "number"})
        found = helper_columns(self.source, numbers, self.time, by_name=by_name)
        return found if len(found) < len(numbers) else {}

    def named_ids(self, tier: Collection[str]) -> list[str]:
        """The free columns that may name series, with a name of a tier."""
        free = self.free()
        named = [name for name in free if not names_of(self.written(name)).isdisjoint(tier)]
        return [name for name in named if self.kinds[name] not in ("date", "empty", "other")]

    def is_number_of(self, name: str) -> bool:
        """Whether a column has whole numbers and the name of a label: `Invoice ID`, `Dept`."""
        return self.kinds[name] == "integer" and is_label_name(self.written(name))

    @property
    def has_no_names(self) -> bool:
        """Whether the table has no header, so that names say nothing."""
        return all(UNNAMED_COLUMN.match(name) for name in self.columns)

    def label_numbers(self) -> list[str]:
        """The free columns of whole numbers with the name of a label, or that separate series."""
        if self.time is not None and self.has_no_names:
            return self.separating_numbers(self.time)
        return [name for name in self.free({"integer"}) if is_label_name(self.written(name))]

    def separating_numbers(self, time: str) -> list[str]:
        """The only column of whole numbers that tells the rows of one time apart, beside others."""
        whole, texts = self.free({"integer"}), self.free({"text"})
        others = [name for name in self.free({"integer", "number"}) if name != time]
        if len(others) < 2 or is_filled(self.source, time, texts):
            return []
        found = [
            name for name in whole if name != time and is_filled(self.source, time, [*texts, name])
        ]
        return found if len(found) == 1 else []

    def are_events(self, times: Sequence[str]) -> bool:
        """Whether the rows are single events, which have no series."""
        if self.request.aggregate is not None or self.request.id_col or self.request.wide:
            return False
        named = [name for tier in ID_NAMES for name in self.named_ids(tier)]
        labels = dict.fromkeys([*named, *self.free({"text"}), *self.label_numbers()])
        return are_events(self.source, times[0], list(labels))

    def events(self, times: Sequence[str]) -> DataError:
        """The question about a table of single events."""
        numbers = self.free({"integer", "number"})
        numbers = [name for name in numbers if not self.is_number_of(name)] or numbers
        return events_question(self.source, times, self.target, numbers)

    def ambiguous(self, parameter: str, candidates: Sequence[str]) -> DataError:
        """The question which of several columns has a role."""
        times = candidates if parameter == "time_col" else [self.time] if self.time else []
        if times and self.are_events(times):
            return self.events(times)
        role = {"id_col": "series", "time_col": "time", "target_col": "target"}[parameter]
        others = self.free({"integer", "number"}) if parameter == "target_col" else candidates
        more = [name for name in others if name not in candidates]
        also = f" Other numeric columns: {listed(more)}." if more else ""
        wide = ""
        may_be_wide = self.taken <= {self.time} and not self.times_repeat
        if parameter == "target_col" and may_be_wide and not self.free({"text", "date"}):
            wide = f", or make each column a series of its own with {option('wide')}"
        example = candidates[0] if candidates[0] in self.source.repeated else None
        return DataError(
            f"{self.source.prefix}several columns could be the {role}: "
            f"{with_positions(self.source, candidates)}. "
            f"Name one with {option(parameter, example)}{wide}.{also}"
        )
