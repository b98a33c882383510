"""Any table with any options gives a forecast or an error message, never an unexpected error.

A larger run: `pytest --hypothesis-profile=nightly`, or with other examples at each run,
`GATED_FUZZ=5000 pytest -k fuzz`.
"""

import csv
import io
import os
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MANY = os.environ.get("GATED_FUZZ")
EXAMPLES = int(MANY or settings.default.max_examples)

HEADERS = st.one_of(
    st.sampled_from(["ds", "y", "unique_id", "date", "value", "store", "month", "x", "year", "t"]),
    st.sampled_from(["", " ", "🦔", "a\nb", 'say "y"', "a,b", "Ünit", "y ", "gated", "ds.1", "0"]),
)
LABELS = st.sampled_from(["north", "south", "007", "🦔", "NA", "ü", "a\nb", "x" * 300, "7", "0"])
WORDS = st.one_of(LABELS, st.sampled_from(["", " ", "true", "-"]))
HUGE = st.sampled_from(["1e300", "-1e308", "1.7e308", "inf", "1e-320", "1e15"])
NUMBERS = st.one_of(
    st.integers(0, 50).map(str),
    st.floats(-1e3, 1e3).map("{:.2f}".format),
    st.sampled_from(["1e300", "-1e308", "1e-300", "inf", "-inf", "nan", "", "0", "1e999", "NULL"]),
    st.sampled_from(["1,5", "1,234", "1 234", "€5", "--", "true", "0x10", "9" * 30, "\u0663"]),
)
STARTS = st.sampled_from(
    ["2024-01-01", "2023-12-31 23:00", "1700-01-01", "2261-12-01", "1970-01-01"]
)
STEPS = st.sampled_from(["D", "h", "7D", "MS", "ME", "B", "15min", "YS", "QS", "37s", "W-SUN"])
FORMATS = st.sampled_from(
    ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S+02:00", "%Y%m%d",
     "%Y-%m", "%d.%m.%y", "%s", "%Y", "%b %d, %Y"]
)  # fmt: skip
ODD_TIMES = st.sampled_from(
    ["", "soon", "2021-13-04", "2024-01-05T12:00:00+05:30", "NaT", "0000-00-00", "1e5", "99999",
     "2024-02-30", "9999-12-31", "2024-01-03 25:00", "١"]
)  # fmt: skip
OPTIONS = {
    "--freq": ["D", "h", "MS", "1", "0", "fortnight", "-1", "10YS", "ns", "999999999W", "2B", ""],
    "--id-col": ["unique_id", "store", "nope", ""],
    "--time-col": ["ds", "date", "y", "nope"],
    "--target-col": ["y", "value", "ds", "nope"],
    "--covariate": ["x", "y", "nope", "store"],
    "--past-covariate": ["x", "value", "nope"],
    "--static": ["t.csv", "nope.csv"],
    "--holidays": ["GB", "DE-BY", "UK", ""],
    "--season-length": ["1", "7", "1000", "0", "x", "99999999999"],
    "--time-format": ["%Y-%m-%d", "s", "ns", "%Q", "", "%d.%m.%y"],
    "--fill": ["zero", "missing", "mean"],
    "--level": ["80", "80,95", "0", "99.999999", "x"],
    "--quantiles": ["0.1,0.9", "1", "0.5"],
    "--seed": ["1", "-1", str(2**70)],
    "--future": ["t.csv", "nope.csv"],
    "--series": ["a", "y", "nope"],
    "--what-if": ["x=1", "y@2024-01-03=5", "y@3=2", "x", "nope=1", "x@=1"],
}
NOT_OF = {
    "forecast": {"--series", "--what-if"},
    "backtest": {"--series", "--what-if", "--quantiles", "--future"},
    "explain": {"--level", "--quantiles"},
}
HORIZONS = st.sampled_from(["1", "2", "7", "30", "0", "-1", "many", "1000000000", "1.5"])


@dataclass(frozen=True)
class Case:
    """A command, a table in a file, and options."""

    command: str
    name: str
    content: bytes
    options: tuple[str, ...]
    horizon: str


def odd(draw, chance=8):
    """Draw whether a rare case occurs."""
    return draw(st.integers(0, 4 * chance - 1)) in range(2, 6)  # the ends are drawn too often


@st.composite
def times(draw, rows):
    """A column of times: mostly regular, sometimes anything."""
    if odd(draw):
        return [str(number) for number in range(draw(st.integers(-5, 3000)), 10**6)[:rows]]
    start = pd.Timestamp(draw(STARTS))
    try:
        stamps = pd.date_range(start, periods=rows, freq=draw(STEPS))
    except (ValueError, pd.errors.OutOfBoundsDatetime):
        stamps = pd.date_range("2024-01-01", periods=rows)
    form = draw(FORMATS) if odd(draw, 3) else "%Y-%m-%d %H:%M"
    cells = list(
        stamps.strftime(form) if form != "%s" else stamps.map(lambda t: str(int(t.timestamp())))
    )
    if odd(draw, 4) and cells:
        return cells + cells[-1:] if odd(draw, 2) else draw(st.permutations(cells))
    for place in (
        draw(st.lists(st.integers(0, max(0, rows - 1)), max_size=2)) if odd(draw, 4) else ()
    ):
        cells[place : place + 1] = [draw(ODD_TIMES)] if cells else []
    return cells


@st.composite
def columns(draw):
    """Columns of one length with names that need not differ."""
    rows = draw(st.sampled_from([0, 1, 2, 3] if odd(draw) else [10, 21, 30, 61]))
    series = draw(st.sampled_from([1, 1, 1, 2, 5]))
    moments = draw(times(rows))
    total = len(moments) * series
    table = [["ds" if not odd(draw) else draw(HEADERS), moments * series]]
    if series > 1 or odd(draw):
        unique = not odd(draw)
        words = WORDS if odd(draw) else LABELS
        labels = draw(st.lists(words, min_size=series, max_size=series, unique=unique))
        table.append(["unique_id", [label for label in labels for _ in moments]])
    for name in ["y", *draw(st.lists(HEADERS, max_size=3))]:
        pool = draw(st.lists(WORDS if odd(draw, 6) else NUMBERS, min_size=1, max_size=4))
        if not odd(draw, 4):
            pool = [str(number) for number in range(draw(st.integers(1, 20)))]
        strange = draw(
            st.lists(
                st.tuples(st.integers(0, 60), st.one_of(HUGE, HUGE, HUGE, NUMBERS)), max_size=2
            )
        )
        cells = [pool[index % len(pool)] for index in range(total)]
        for place, cell in strange if odd(draw, 2) else ():
            cells[place : place + 1] = [cell] if place < total else []
        table.append([name if not odd(draw) else draw(HEADERS), cells])
    if not odd(draw, 10):  # else several columns may have one name
        table = list({name: [name, cells] for name, cells in table}.values())
    return draw(st.permutations(table)) if odd(draw, 3) else table


@st.composite
def files(draw, table):
    """The columns as a file: delimited in some way, seldom damaged, or Parquet."""
    names, cells = [name for name, _ in table], [column for _, column in table]
    if odd(draw, 6) and len(set(names)) == len(names):
        frame = pd.DataFrame(dict(table))
        for name in names:
            if odd(draw, 2):
                frame[name] = pd.to_numeric(frame[name], errors="coerce")
            elif odd(draw, 3):
                frame[name] = pd.to_datetime(frame[name], errors="coerce", format="mixed", utc=True)
            elif odd(draw, 3):
                frame[name] = frame[name].astype("category")
        target = io.BytesIO()
        frame.to_parquet(target, index=False)
        return "t.parquet", target.getvalue()
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from([",", ",", ";", "\t", "|"])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])) if odd(draw, 3) else "\n",
        quoting=csv.QUOTE_ALL if odd(draw, 4) else csv.QUOTE_MINIMAL,
    )
    if not odd(draw, 10):
        writer.writerow(names)
    writer.writerows(zip(*cells, strict=True))
    encoding = draw(st.sampled_from(["utf-8-sig", "utf-16", "cp1252"])) if odd(draw, 4) else "utf-8"
    content = text.getvalue().encode(encoding, errors="replace")
    if odd(draw, 12):
        content = content[: draw(st.integers(0, max(1, len(content))))]
    if odd(draw, 12):
        place = draw(st.integers(0, len(content)))
        content = content[:place] + draw(st.binary(max_size=6)) + content[place:]
    return draw(st.sampled_from(["t.csv", "t.tsv", "t.txt"])), content


@st.composite
def cases(draw):
    """Draw a table in a file, and options that may be valid for it or not."""
    name, content = draw(files(draw(columns())))
    command = draw(st.sampled_from(sorted(NOT_OF)))
    known = sorted(OPTIONS.keys() - NOT_OF[command])
    chosen = draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
    options = [
        word
        for option in (chosen if odd(draw, 3) else ())
        for word in (option, draw(st.sampled_from(OPTIONS[option])))
    ]
    if odd(draw, 10):
        options.append(draw(st.sampled_from(["--json", "--long", "--wide"])))
    horizon = draw(HORIZONS) if odd(draw, 8) else draw(st.sampled_from(["1", "3", "7"]))
    return Case(command, name, content, tuple(options), horizon)


@settings(
    max_examples=EXAMPLES,
    derandomize=MANY is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(case=cases())
def test_any_table_gives_a_forecast_or_an_error_message(gated, tmp_path, case):
    for left in tmp_path.iterdir():
        left.unlink()
    (tmp_path / case.name).write_bytes(case.content)
    words = (case.command, case.name, *case.options, "--horizon", case.horizon)
    words += ("--windows", "2") if case.command == "backtest" else ()
    result = gated(*words, "--out", "f.parquet", "--report", "r.html")
    assert result.exit_code in (0, 2), (result.exception, result.stderr)
    assert "Traceback" not in result.stderr
    if result.exit_code == 2:
        message = result.stderr[result.stderr.index("Error:") :]
        assert len(message.split()) > 4, message
        assert not (tmp_path / "f.parquet").exists()
        return
    frame = pd.read_parquet("f.parquet")
    if case.command == "explain":
        assert np.isfinite(frame["contribution"].to_numpy()).all()
        return
    names = [name for name in frame.columns if name.startswith("gated")]
    series = int(re.search(r"of ([0-9,]+) series", result.stderr)[1].replace(",", ""))
    rows = series * int(case.horizon)
    if case.command == "backtest":  # a series is missing at cutoffs before it began
        assert len(frame) % int(case.horizon) == 0
        assert 0 < len(frame) <= 2 * rows
    else:
        assert len(frame) == rows
    assert np.isfinite(frame[names].to_numpy()).all()
