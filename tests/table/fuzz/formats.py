"""Writes a truth as a text file in one of many formats of exports."""

import random
from dataclasses import dataclass

import pandas as pd

from tests.table.fuzz.dates import FORMS, PARTS, DateForm
from tests.table.fuzz.numbers import NumberForm, choose_number_form
from tests.table.fuzz.truths import Choose, Truth, choose_truth

__all__ = ["Case", "Format", "choose_case", "write"]

NAMES = (
    ("date", "value", "store", "region"),
    ("Date", "Sales", "Product", "Region"),
    ("timestamp", "load", "station", "group"),
    ("Datum", "Wert", "Filiale", "Gebiet"),
    ("Datum", "Umsatz (€)", "Geschäft", "Größe"),
    ("date", "valeur", "magasin", "région"),
    ("ds", "y", "unique_id", "region"),
)
MONTH_NAMES = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
     "Oktober", "November", "Dezember"),
)  # fmt: skip
PREAMBLES: tuple[tuple[str, ...], ...] = (
    (),
    (),
    (),
    ("Sales report",),
    ("Sales report", ""),
    ("Export of the meter", "created by the portal", ""),
    ("# created by the portal", "# station Oslo"),
    ("Station: Oslo", "Unit: kWh", ""),
    ("sep=",),
)
FOOTERS = ((), (), (), ("",), ("", ""), ("total",), ("", "Source: own records"), ("* provisional",))


@dataclass(frozen=True)
class Format:
    """A format of a file; see `choose_case` for what fits together."""

    layout: str
    dates: DateForm
    numbers: NumberForm
    names: tuple[str, str, str, str]
    months: tuple[str, ...]
    separator: str
    quotes: str
    ends: str
    encoding: str
    preamble: tuple[str, ...]
    footer: tuple[str, ...]
    order: str
    has_header: bool
    has_units: bool
    has_row_numbers: bool
    is_padded: bool
    ends_with_separator: bool
    ids_first: bool

    @property
    def is_foreign(self) -> bool:
        """Whether months are named in a language that has decimal commas."""
        if self.layout == "years":
            return self.months != MONTH_NAMES[0]
        return self.dates.names_months_of_another_language


@dataclass(frozen=True)
class Case:
    """A truth and the format that it is written in."""

    truth: Truth
    format: Format

    @property
    def is_decidable(self) -> bool:
        """Whether a careful person can know the times, the step and the numbers from the file."""
        if not (self.truth.shows_step and self.format.dates.is_decidable(self.truth.times)):
            return False
        numbers, values = self.format.numbers, self.truth.values
        # The columns of a wide table are read one by one.
        groups = values.reshape(1, -1)
        if self.format.layout == "wide":
            groups = values
        elif self.format.layout == "across":
            groups = values.T
        elif self.format.layout == "years":
            groups = values.reshape(-1, 12).T
        by_comma = self.format.separator == ","
        is_foreign = self.format.separator == ";" or (not by_comma and self.format.is_foreign)
        return all(
            numbers.is_decidable(
                group, self.truth.decimals, by_comma=by_comma, is_foreign=is_foreign
            )
            for group in groups
        )

    def __repr__(self) -> str:
        text = write(self.truth, self.format).decode(self.format.encoding)
        return f"{self.format}\n{text[:1500]}"


def choose_case(choose: Choose) -> Case:  # type: ignore[type-arg]
    """Choose a truth and a format that can hold it."""
    truth = choose_truth(choose)
    n_ids = len(truth.labels[0])
    numbers = choose_number_form(choose, truth.decimals)
    layouts = ["long"] * 3
    if n_ids == 1:
        layouts += ["wide"] * 2
    if n_ids and truth.alias in ("D", "W-MON", "MS", "QS", "YS"):
        layouts.append("across")
    if not n_ids and truth.alias == "MS" and len(truth.times) == 24:
        layouts += ["years"] * 3
    layout = choose(layouts)
    forms = FORMS[truth.alias]
    if layout in ("long", "wide") and truth.alias in PARTS and choose((False, False, True)):
        forms = PARTS[truth.alias]
    dates = choose(forms)
    names = choose(NAMES)
    separator = choose((",", ",", ";", ";", "\t", "|", " "))
    quotes = choose(("needed", "needed", "all", "texts"))
    if n_ids == 2 and names[2] == "unique_id":
        names = NAMES[0]
    preamble, footer = choose(PREAMBLES), choose(FOOTERS)
    has_header = choose((True,) * 9 + (False,))
    has_units = choose((False,) * 9 + (True,))
    format_ = Format(
        layout=layout,
        dates=dates,
        numbers=numbers,
        names=names,
        months=choose(MONTH_NAMES),
        separator=separator,
        quotes=quotes,
        ends=choose(("\n", "\n", "\r\n", "\r\n", "\r")),
        encoding=choose(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16")),
        preamble=preamble,
        footer=footer,
        order=choose(("rising", "rising", "falling", "mixed")),
        has_header=has_header or layout in ("across", "years", "wide") or bool(dates.columns),
        has_units=has_units and has_header and layout == "long" and not dates.columns,
        has_row_numbers=choose((False,) * 9 + (True,)) and layout == "long" and has_header,
        is_padded=choose((False,) * 9 + (True,)),
        ends_with_separator=choose((False,) * 9 + (True,)),
        ids_first=choose((False, True)),
    )
    if layout == "years":
        start = truth.times[0].replace(month=1, day=1)
        times = pd.date_range(start, periods=24, freq="MS")
        truth = Truth("MS", times, truth.labels, truth.values, truth.absent, truth.decimals)
    return Case(truth, _fitting(truth, format_))


def _fitting(truth: Truth, chosen: Format) -> Format:
    """The format without what cannot stand beside the rest of it."""
    changed: dict[str, object] = {}
    if chosen.separator == " ":
        blanks = any(" " in cell or not cell for row in _rows(truth, chosen) for cell in row)
        if (
            blanks
            or chosen.quotes != "needed"
            or chosen.preamble
            or chosen.footer
            or chosen.ends_with_separator
        ):
            changed["separator"] = ";"
    whole = Format(**{**chosen.__dict__, **changed})
    try:
        write(truth, whole)
    except UnicodeEncodeError:
        changed["encoding"] = "utf-8"
    return Format(**{**chosen.__dict__, **changed})


def write(truth: Truth, format_: Format) -> bytes:
    """The bytes of the file."""
    rows = _rows(truth, format_)
    width = len(rows[0])
    lines = [_preamble_line(line, format_) for line in format_.preamble]
    lines += [_line(row, format_) for row in rows]
    for line in format_.footer:
        if line == "total" and format_.layout == "across":
            continue  # the sum of all series is a series, too
        if line == "total":
            total = "1" if format_.layout == "years" else format_.numbers.write(12.0, 0)
            lines.append(_line(["Total", *[""] * (width - 2), total], format_))
        else:
            lines.append(line)
    return (format_.ends.join(lines) + format_.ends).encode(format_.encoding)


def _preamble_line(line: str, format_: Format) -> str:
    return f"sep={format_.separator}" if line == "sep=" else line


def _rows(truth: Truth, format_: Format) -> list[list[str]]:
    if format_.layout == "years":
        rows = _years(truth, format_)
    elif format_.layout == "across":
        rows = _across(truth, format_)
    else:
        rows = _wide(truth, format_) if format_.layout == "wide" else _long(truth, format_)
    return rows


def _ordered(rows: list[list[str]], format_: Format) -> list[list[str]]:
    if format_.order == "falling":
        return rows[::-1]
    if format_.order == "mixed":
        return random.Random(len(rows)).sample(rows, len(rows))
    return rows


def _long(truth: Truth, format_: Format) -> list[list[str]]:
    time, value, *ids = format_.names
    n_ids = len(truth.labels[0])
    times = list(format_.dates.columns or (time,))
    ids = ids[:n_ids]
    header = [*ids, *times, value] if format_.ids_first else [*times, *ids, value]
    rows = []
    for labels, values, absent in zip(truth.labels, truth.values, truth.absent, strict=True):
        for at, number, is_absent in zip(truth.times, values, absent, strict=True):
            if is_absent:
                continue
            cells = format_.dates.write(at)
            text = format_.numbers.write(number, truth.decimals)
            rows.append([*labels, *cells, text] if format_.ids_first else [*cells, *labels, text])
    rows = _ordered(rows, format_)
    head = [header] if format_.has_header else []
    if format_.has_units:
        head.append([*[""] * (len(header) - 1), "kWh"])
    if format_.has_row_numbers:
        head = [["", *row] for row in head]
        rows = [[str(number), *row] for number, row in enumerate(rows)]
    return head + rows


def _wide(truth: Truth, format_: Format) -> list[list[str]]:
    times = list(format_.dates.columns or format_.names[:1])
    rows = []
    for step, at in enumerate(truth.times):
        numbers = [
            format_.numbers.write(number, truth.decimals) for number in truth.values[:, step]
        ]
        rows.append([*format_.dates.write(at), *numbers])
    return [[*times, *[label for (label,) in truth.labels]], *_ordered(rows, format_)]


def _across(truth: Truth, format_: Format) -> list[list[str]]:
    n_ids = len(truth.labels[0])
    dates = [cell for at in truth.times for cell in format_.dates.write(at)]
    rows = [[*format_.names[2 : 2 + n_ids], *dates]]
    for labels, values in zip(truth.labels, truth.values, strict=True):
        rows.append(
            [*labels, *[format_.numbers.write(number, truth.decimals) for number in values]]
        )
    return rows


def _years(truth: Truth, format_: Format) -> list[list[str]]:
    rows = [["Year", *format_.months]]
    for year, values in enumerate(truth.values[0].reshape(-1, 12)):
        numbers = [format_.numbers.write(number, truth.decimals) for number in values]
        rows.append([str(truth.times[0].year + year), *numbers])
    return rows


def _line(cells: list[str], format_: Format) -> str:
    quoted = []
    for cell in cells:
        needs = format_.separator in cell or '"' in cell
        is_text = format_.quotes == "texts" and any(char.isalpha() for char in cell)
        if needs or format_.quotes == "all" or is_text:
            cell = '"' + cell.replace('"', '""') + '"'
        elif format_.is_padded:
            cell = f"{cell:>12}" if format_.separator == " " else f" {cell} "
        quoted.append(cell)
    return format_.separator.join(quoted) + format_.separator * format_.ends_with_separator
