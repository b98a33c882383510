"""Chooses the time, target and id columns of a table: by name first, then by type.

Each choice is written into a note. If several columns fit a role, the error lists these columns
and the parameter that names one of them.
"""

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np

from gated.errors import DataError
from gated.table.cells.kinds import Kind, kind_of_column
from gated.table.cells.numbers import read_numbers
from gated.table.cells.plain import plain_kinds
from gated.table.columns.elapsed import is_elapsed
from gated.table.columns.events import are_events, are_separated, events_question
from gated.table.columns.helper_columns import helper_columns
from gated.table.columns.interval_times import likely_times
from gated.table.columns.joined_columns import joined_name, parts_of
from gated.table.columns.names import (
    ID_NAMES,
    KNOWN_NAMES,
    PRICES,
    ROW_NUMBERS,
    STEP_NAMES,
    TARGET_NAMES,
    TIME_NAMES,
    UNNAMED,
    is_label_name,
    is_target_name,
    names_of,
    plain,
    price_of,
)
from gated.table.columns.no_numbers import no_numbers
from gated.table.columns.request import COUNT, Request, Roles, check_request
from gated.table.columns.row_totals import has_total
from gated.table.columns.separating import fewest_separating
from gated.table.io.source import Source
from gated.table.time.candidates import fits_format, looks_like_times
from gated.text import listed, option

__all__ = ["choose_roles"]

NUMERIC: frozenset[Kind] = frozenset({"integer", "number", "boolean", "empty"})


def choose_roles(source: Source, request: Request) -> Roles:
    """Choose the role of each column.

    Raises:
        UsageError: a given name is not a column, or is given twice.
        DataError: no column, or more than one, fits a role.
    """
    return _Choice(source, request).roles()


ALMOST = 0.9  # of the numbers; rows that number facts on a device have no date
NAMELESS_PARTS = "column_1/column_2"  # parts of the time in a table without a header
NO_TIME = "time: no time column; the rows are steps 0, 1, 2, … in input order."


class _Choice:
    """The choice of all roles; its steps share the set of columns that already have one."""

    def __init__(self, source: Source, request: Request) -> None:
        self.source = source
        self.request = request
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
        plain_ones = plain_kinds(self.source, self.columns)
        return {
            name: plain_ones.get(name) or kind_of_column(self.source, name) for name in self.columns
        }

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

    def roles(self) -> Roles:
        self._drop_row_numbers()
        self.time = self.request.time_col or self._find_time()
        self._take(self.time)
        if self.request.counts_rows:
            return self._counting_roles()
        if self._is_wide():
            return self._wide_roles()
        self.target = self.target or self._find_target()
        self._take(self.target)
        ids = self.request.id_col or self._find_ids()
        self._take(ids)
        self.taken.update(self._id_parts(ids))
        target = self.target or self._only_number()
        self._take(target)
        self._add_notes(target, ids)
        covariates = self.request.all_covariates
        return Roles(self.time, ids, (target,), covariates, False, tuple(self.notes))

    def _counting_roles(self) -> Roles:
        ids = self.request.id_col or self._find_ids()
        self._take(ids)
        self._add_notes(COUNT, ids)
        covariates = self.request.all_covariates
        return Roles(self.time, ids, (COUNT,), covariates, False, tuple(self.notes), True)

    def _take(self, name: str | None) -> None:
        if name is not None:
            self.taken.add(name)

    def _free(self, kinds: Collection[Kind] | None = None) -> list[str]:
        return [
            name
            for name in self.columns
            if name not in self.taken and (kinds is None or self.kinds[name] in kinds)
        ]

    def _add_notes(self, target: str, ids: str | None) -> None:
        if self.time is not None:
            self.notes.append(f"time: column `{self.time}`.")
        elif text := self._free({"text"}):
            raise DataError(
                f"{self.source.prefix}no column holds dates or numbered steps; "
                f"{listed(text)} could not be read as times. Name the time column with "
                f"{option('time_col')} and its format with {option('time_format')}."
            )
        else:
            self.notes.append(NO_TIME)
        counted = self.request.counts_rows
        self.notes.append(
            "target: the number of rows." if counted else f"target: column `{target}`."
        )
        if ids is None:
            self.notes.append(f"series: a single series, named `{target}`.")
            others = self._free({"text"}) if self.request.aggregate is not None else []
            if others:
                self.notes.append(
                    f"The rows of all {listed(others)} are brought together; "
                    f"{option('id_col')} makes a series of each value of a column."
                )
        else:
            parts = self._id_parts(ids)
            labels = f"combination of {listed(parts)}" if parts else f"value of column `{ids}`"
            self.notes.append(f"series: one for each {labels}.")
        unused = self._free({"integer", "number", "boolean"})
        unused = [name for name in unused if name not in self._id_parts(ids)]
        if unused and not counted:
            self.notes.append(
                f"not used: {listed(unused)}; name them with {option('covariates')} if their "
                "future values are known."
            )

    def _id_parts(self, ids: str | None) -> tuple[str, ...]:
        """The columns that the id column was joined from, or will be."""
        others = [name for name in self.columns if name != ids]
        return () if ids is None else parts_of(ids, others) or ()

    def _drop_row_numbers(self) -> None:
        """Leave out the row numbers that pandas, R and databases write as the first column."""
        first = next((name for name in self.columns if name not in self.taken), None)
        if first is None or len(self.columns) < 2:
            return
        begins = (0,) if first in UNNAMED else (0, 1) if plain(first) in ROW_NUMBERS else ()
        if begins and self.kinds[first] == "integer":
            numbers = read_numbers(self.source, first).values
            if any((numbers == np.arange(begin, begin + len(numbers))).all() for begin in begins):
                self.columns.remove(first)
                self.notes.append(f"left out: `{first}` has only row numbers.")

    def _find_time(self) -> str | None:
        """Find the time column by its given format, by name and kind, by kind, or by its numbers.

        Raises:
            DataError: several columns could be the time.
        """
        by_format = self._of_given_format()
        if len(by_format) == 1:
            return by_format[0]
        found = self._time_by_name()
        if found is not None and self._may_be_calendar(found):
            return found
        # Numbered steps are not taken while another column of numbers looks like times.
        numbers = [
            name
            for name in self._free({"integer", "number"})
            if name != found
            and plain(name) not in KNOWN_NAMES
            and looks_like_times(self.source, name)
        ]
        numbers = self._likely(numbers)
        if len(numbers) > 1 or (numbers and found is not None):
            raise self._ambiguous("time_col", [*numbers, *([found] if found else [])])
        return numbers[0] if numbers else found

    def _of_given_format(self) -> list[str]:
        """The columns that are written in the given time format."""
        pattern = self.request.time_format
        if pattern is None:
            return []
        return [
            name
            for name in self._free({"text", "date", "integer", "number"})
            if fits_format(self.source, name, pattern)
        ]

    def _may_be_calendar(self, name: str) -> bool:
        if self.kinds[name] not in NUMERIC:
            return True
        return plain(name) == "year" or looks_like_times(self.source, name)

    def _time_by_name(self) -> str | None:
        """Find the time column by name and kind, by kind, by name, or as evenly spaced numbers."""
        for tier in TIME_NAMES:
            named = [name for name in self._free() if plain(name) in tier]
            fitting = [name for name in named if self._may_be_time(name)]
            if len(fitting) > 1:
                fitting = [name for name in fitting if self.kinds[name] == "date"] or fitting
                fitting = self._likely(fitting)
            if len(fitting) > 1:
                raise self._ambiguous("time_col", fitting)
            if fitting and not self._has_finer_dates(fitting[0]):
                return fitting[0]
        dates = self._likely(self._free({"date"}))
        if len(dates) > 1:
            raise self._ambiguous("time_col", dates)
        if dates:
            return dates[0]
        named = [name for name in self._free() if plain(name) in STEP_NAMES]
        if named:
            return named[0]
        first = self.columns[0]
        if len(self._free(NUMERIC - {"empty"})) > 0 and is_elapsed(self.source, first):
            self.columns.remove(first)
            self.notes.append(f"left out: `{first}` is the time since the begin, in even steps.")
            return None
        if first in UNNAMED and self.kinds[first] == "integer" and len(self._free(NUMERIC)) > 1:
            gaps = np.diff(read_numbers(self.source, first).values)
            if len(gaps) and gaps[0] > 0 and (gaps == gaps[0]).all():
                return first
        return None

    def _has_finer_dates(self, name: str) -> bool:
        """Whether a column of numbers stands beside dates that are as many or more: its years."""
        if self.kinds[name] == "date":
            return False
        least = max(ALMOST * self.source.frame[name].n_unique(), 2)
        dates = self._free({"date"})
        return any(self.source.frame[date].n_unique() >= least for date in dates)

    def _likely(self, names: list[str]) -> list[str]:
        """Of several columns of times, those that can be meant; the others are left out."""
        if len(names) < 2:
            return names
        likely, notes = likely_times(self.source, names)
        self.notes += notes
        self.taken.update(name for name in names if name not in likely)
        self.columns = [name for name in self.columns if name in likely or name not in names]
        return likely

    def _may_be_time(self, name: str) -> bool:
        if self.kinds[name] == "date":
            return True
        if self.kinds[name] == "integer" and plain(name) in STEP_NAMES:
            return True
        return self.kinds[name] in ("integer", "number") and looks_like_times(self.source, name)

    def _is_wide(self) -> bool:
        if self.request.wide is not None:
            return self.request.wide
        others = self.columns[1:]
        is_wide = (
            self.time == self.columns[0]
            and len(others) >= 2
            and self.taken == {self.time}
            and (
                not any(plain(name) in KNOWN_NAMES for name in others)
                or has_total(self.source, others)
            )
            and all(self.kinds[name] in NUMERIC for name in others)
            and not self.times_repeat
            and self._closing_price() is None
            and not (self.time or "").startswith(NAMELESS_PARTS)
        )
        if not is_wide:
            return False
        helpers = self._helpers(by_name=True)
        self.notes += [f"left out: `{name}` {reason}." for name, reason in helpers.items()]
        self.columns = [name for name in self.columns if name not in helpers]
        return len(self.columns) > 2

    def _helpers(self, *, by_name: bool = False) -> dict[str, str]:
        """Columns of numbers that no one forecasts; none if there are no other numbers."""
        numbers = self._free({"integer", "number"})
        found = helper_columns(self.source, numbers, self.time, by_name=by_name)
        return found if len(found) < len(numbers) else {}

    def _wide_roles(self) -> Roles:
        series, text = self._free(NUMERIC), self._free({"text", "date", "other"})
        if text or not series:
            reason = f"{listed(text)} is not numeric" if text else "no other column is left"
            raise DataError(
                f"{self.source.prefix}{option('wide')} makes every column but the time a series, "
                f"but {reason}. Expected one column of times and a numeric column for each series."
            )
        choice = f" Pass {option('target_col')} to forecast only one of them."
        self.notes += [
            f"time: column `{self.time}`." if self.time is not None else NO_TIME,
            f"series: each of the {len(series)} {'other ' if self.time else ''}columns is one."
            + ("" if self.request.wide else choice),
        ]
        return Roles(self.time, None, tuple(series), (), True, tuple(self.notes))

    def _find_ids(self) -> str | None:
        """Find the id column by name; a vague name or any text column only if times repeat."""
        if self.are_several:
            return self._separating_ids()
        rows = len(self.source.frame)
        for tier in ID_NAMES:
            named = self._named_ids(tier)
            if len(named) != 1:
                continue
            distinct = self.source.frame[named[0]].n_unique()
            if tier is ID_NAMES[0] or distinct == 1:
                return named[0]
            if tier is ID_NAMES[1] and distinct < rows:
                return named[0]
        return None

    def _named_ids(self, tier: Collection[str]) -> list[str]:
        """The free columns that may name series, with a name of a tier."""
        named = [name for name in self._free() if not names_of(name).isdisjoint(tier)]
        return [name for name in named if self.kinds[name] not in ("date", "empty", "other")]

    def _separating_ids(self) -> str | None:
        """The column, or the columns, that make each time occur once in a series.

        Of several candidates the fewest that do so are taken. A column that differs in every row
        numbers the rows, and names no series.
        """
        tiers = [*(self._named_ids(tier) for tier in ID_NAMES), self._free({"text"})]
        tiers.append(self._label_numbers())
        if len(tiers[0]) == 1:
            return tiers[0][0]
        rows = len(self.source.frame)
        for name in dict.fromkeys(name for tier in tiers for name in tier):
            if self.source.frame[name].n_unique() == rows:
                self.notes.append(f"left out: `{name}` differs in every row.")
                self.taken.add(name)
        tiers = [[name for name in tier if name not in self.taken] for tier in tiers]
        candidates = list(dict.fromkeys(name for tier in tiers for name in tier))
        assert self.time is not None
        if len(candidates) < 2:
            if tiers[-2] and not any(tiers[:-2]) and self._are_events([self.time]):
                raise self._events([self.time])
            if candidates == tiers[-1] and not are_separated(self.source, self.time, candidates):
                return None
            return candidates[0] if candidates else None
        chosen = fewest_separating(self.source, self.time, candidates)
        if chosen is not None:
            if chosen.instead:
                raise self._ambiguous("id_col", [*chosen.columns, *chosen.instead])
            return joined_name(chosen.columns)
        first: list[str] = next((tier for tier in tiers[:-1] if tier), [])
        if len(first) > 1:  # rows of one time stay, whatever is taken
            raise self._ambiguous("id_col", first)
        return first[0] if first else None

    def _only_number(self) -> str:
        numbers = self._free({"integer", "number"}) or self._free({"boolean"})
        numbers = numbers or self._free({"empty"})
        if len(numbers) > 1:  # numbers of invoices, customers and so on are not forecast
            numbers = [name for name in numbers if not self._is_number_of(name)] or numbers
        likely = [name for name in numbers if is_target_name(name)]
        if len(numbers) > 1 and len(likely) == 1:
            numbers = likely
        if len(numbers) > 1:
            helpers = self._helpers()
            numbers = [name for name in numbers if name not in helpers] or numbers
        if len(numbers) > 1:
            raise self._ambiguous("target_col", numbers)
        if not numbers:
            raise no_numbers(self.source, self.columns, self._free({"text"}))
        return numbers[0]

    def _is_number_of(self, name: str) -> bool:
        """Whether a column has whole numbers and the name of a label: `Invoice ID`, `Dept`."""
        return self.kinds[name] == "integer" and is_label_name(name)

    def _label_numbers(self) -> list[str]:
        """The free columns of whole numbers with the name of a label."""
        return [name for name in self._free({"integer"}) if is_label_name(name)]

    def _find_target(self) -> str | None:
        """Find the target by name; among equally good names, a numeric column."""
        if closing := self._closing_price():
            return closing
        for tier in TARGET_NAMES:
            named = [name for name in self._free() if plain(name) in tier]
            fitting = [name for name in named if self.kinds[name] in NUMERIC]
            fitting = [name for name in fitting if self.kinds[name] != "empty"] or fitting
            fitting = fitting or ([] if self._free({"integer", "number"}) else named)
            if len(fitting) > 1:
                raise self._ambiguous("target_col", fitting)
            if fitting:
                return fitting[0]
        return None

    def _closing_price(self) -> str | None:
        """The closing price, where the prices of a trading day stand beside each other."""
        free = self._free(NUMERIC)
        named = {price_of(name): name for name in reversed(free)}
        named |= {plain(name): name for name in free if plain(name) in PRICES}
        if not named.keys() >= PRICES:
            return None
        return named["close"]

    def _are_events(self, times: Sequence[str]) -> bool:
        """Whether the rows are single events, which have no series."""
        if self.request.aggregate is not None or self.request.id_col or self.request.wide:
            return False
        named = [name for tier in ID_NAMES for name in self._named_ids(tier)]
        labels = dict.fromkeys([*named, *self._free({"text"}), *self._label_numbers()])
        return are_events(self.source, times[0], list(labels))

    def _events(self, times: Sequence[str]) -> DataError:
        numbers = self._free({"integer", "number"})
        numbers = [name for name in numbers if not self._is_number_of(name)] or numbers
        return events_question(self.source, times, self.target, numbers)

    def _ambiguous(self, parameter: str, candidates: Sequence[str]) -> DataError:
        times = candidates if parameter == "time_col" else [self.time] if self.time else []
        if times and self._are_events(times):
            return self._events(times)
        role = {"id_col": "series", "time_col": "time", "target_col": "target"}[parameter]
        others = self._free({"integer", "number"}) if parameter == "target_col" else candidates
        more = [name for name in others if name not in candidates]
        also = f" Other numeric columns: {listed(more)}." if more else ""
        wide = ""
        may_be_wide = self.taken <= {self.time} and not self.times_repeat
        if parameter == "target_col" and may_be_wide and not self._free({"text", "date"}):
            wide = f", or make each column a series of its own with {option('wide')}"
        return DataError(
            f"{self.source.prefix}several columns could be the {role}: {listed(candidates)}. "
            f"Name one with {option(parameter)}{wide}.{also}"
        )
