"""The tables of `peers`: overviews, each table's scores and costs, libraries, settings."""

from collections.abc import Sequence

from benchmarks.common.report import Column, Report, Row, Sheet, Value
from benchmarks.forecasting.scores import SCORE_FORMATS
from benchmarks.peers.report.overview import Group, groups, total_seconds
from benchmarks.peers.results import NAME, PeersResults
from benchmarks.peers.run import IMPORTS, TRIAL

__all__ = ["peers_report"]

_OURS = frozenset({"gated", TRIAL + "gated"})
_METHOD = [Column("method", "method"), Column("configuration", "configuration")]
_OVERVIEW_COLUMNS = [
    *_METHOD,
    Column("error", "MASE ÷ seasonal naive's"),
    Column("crps_ratio", "CRPS ÷ gated's"),
    Column("seconds", "seconds", 1),
    Column("not_done", "not done on"),
]
_SCORES = ("mase", "smape", "wape", "crps", "msis", "coverage_80", "coverage_95")
_TABLE_COLUMNS = [
    *_METHOD,
    *(Column(key, *SCORE_FORMATS[key]) for key in _SCORES),
    Column("mase_ratio", "MASE ÷ gated's", 2),
    Column("fit", "fit, s", 1),
    Column("predict", "predict, s", 2),
    Column("seconds", "seconds", 1),
    Column("peak", "peak, MB", 0),
    Column("outcome", "outcome"),
]
_LIBRARY_COLUMNS = [
    Column("library", "library"),
    Column("version", "version"),
    Column("import", "import, s", 2),
    Column("installed", "installed, MB", 0),
]
_SETTING_COLUMNS = [
    *_METHOD,
    Column("settings", "settings"),
    Column("covariates", "covariates"),
    Column("source", "source"),
    Column("tables", "tables"),
]


def peers_report(results: PeersResults) -> Report:
    """The report of a run, or of several that share a file."""
    imports = {str(row["library"]): float(str(row["import"])) for row in results.libraries}
    sheets = [_overview(group) for group in groups(results)]
    for table in results.tables:
        rows = [row for row in results.methods if row["data"] == table["data"]]
        if rows:
            sheets.append(_table(table, rows, imports))
    libraries = Sheet(
        "libraries", "Libraries: lower is better", _LIBRARY_COLUMNS, results.libraries, _OURS
    )
    sheets += [libraries, _settings(results.methods)]
    return Report(NAME, results.facts, results.machine, sheets, _notes(results))


def _overview(group: Group) -> Sheet:
    rows: list[Row] = [
        {
            "method": one.key[0],
            "configuration": one.key[1],
            "error": one.error,
            "crps_ratio": one.crps_ratio,
            "seconds": one.seconds,
            "not_done": ", ".join(one.failures) or "none",
        }
        for one in group.summaries
    ]
    count = len(group.tables)
    names = ", ".join(group.tables)
    title = f"Geometric means over {count} tables ({names}): lower is better"
    if count == 1:
        title = f"Ratios on {names}: lower is better"
    return Sheet(f"overview of {names}", title, _OVERVIEW_COLUMNS, rows, _OURS)


def _table(table: Row, rows: Sequence[Row], imports: dict[str, float]) -> Sheet:
    """Scores and costs on one table; ratios are to its first row, which is ours."""
    ours = rows[0].get("mase")
    shown: list[Row] = [
        row | {"mase_ratio": _ratio(row.get("mase"), ours), "seconds": total_seconds(row, imports)}
        for row in rows
    ]
    facts = f"series {table['series']:,}, past values {table['steps']:,}, h {table['h']}"
    title = f"{table['data']}: {facts}; lower is better, except for the two coverages"
    return Sheet(str(table["data"]), title, _TABLE_COLUMNS, shown, _OURS)


def _ratio(value: Value, ours: Value) -> float | None:
    if isinstance(value, float) and isinstance(ours, float) and ours > 0:
        return value / ours
    return None


def _settings(rows: Sequence[Row]) -> Sheet:
    """A row for each method and its settings, with the tables where it had them."""
    merged: dict[tuple[Value, ...], list[str]] = {}
    keys = ("method", "configuration", "settings", "covariates", "source")
    for row in rows:
        merged.setdefault(tuple(row[key] for key in keys), []).append(str(row["data"]))
    shown: list[Row] = [
        {**dict(zip(keys, values, strict=True)), "tables": ", ".join(tables)}
        for values, tables in merged.items()
    ]
    title = "Settings of each method; all others are the library's defaults"
    return Sheet("configurations", title, _SETTING_COLUMNS, shown)


def _notes(results: PeersResults) -> list[str]:
    notes = [
        *(str(row["notes"]) for row in results.tables if row["notes"]),
        "seconds: import, fit and first forecast, in a process of its own; of a method that was "
        "not done, those until its process ended. In the means over tables, such a method counts "
        "as the seasonal naive forecast on that table.",
        "Points are medians where a method has quantiles; a method with points only has no CRPS "
        "and no coverage. statsforecast's points are means, which are used as its medians. fracast "
        "has nine deciles and no 95 % interval. statsforecast requires complete series: gaps get "
        "the value before.",
        "fit: from the table to the fitted model; zero-shot methods load their weights, and gated "
        "reads the table. predict: the first forecast of all series. "
        f"import: the median of {IMPORTS} new interpreters. installed: the library and all of its "
        "dependencies; fracast's includes pandas, which it does not need, but its worker does.",
        "statsforecast uses as many processes as there are threads, or series if they are fewer; "
        "memory that the processes share is counted more than once.",
    ]
    if results.facts["trial"]:
        notes.append(
            "TRIAL: few training steps each, to try the benchmark. The figures are not results of "
            "the libraries."
        )
    return notes
