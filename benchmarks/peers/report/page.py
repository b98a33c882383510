"""Writes the results into docs/results/peers.md, and the rows of README."""

from pathlib import Path

from benchmarks.common.markdown import report_as_markdown, table_row
from benchmarks.peers.report.overview import Group, Summary, groups
from benchmarks.peers.report.peers_report import peers_report
from benchmarks.peers.results import PeersResults
from gated.errors import UsageError

__all__ = ["MARKER", "readme_rows", "results_section", "write_page"]

MARKER = "<!-- `python -m benchmarks peers --saved FILE --page THIS_PAGE` wrote all text below. -->"
_OURS = "gated"
_CHART = "![MASE relative to seasonal naive against seconds, by method](../images/peers.svg)"


def write_page(page: Path, results: PeersResults) -> None:
    """Replace everything below the marker of the page.

    Raises:
        UsageError: the page does not exist, or it has no marker.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    above, marker, _ = text.partition(MARKER)
    if not marker:
        raise UsageError(
            f"{page} is no page with the line {MARKER}. Expected docs/results/peers.md; give its "
            "path to --page."
        )
    page.write_text(f"{above}{marker}\n\n{results_section(results)}", encoding="utf-8")


def results_section(results: PeersResults) -> str:
    """Chart, tables and notes as Markdown; the heading of a trial contains "TRIAL"."""
    trial = "TRIAL, not a result: " if results.facts["trial"] else ""
    report = report_as_markdown(peers_report(results))
    return f"## {trial}Results\n\n{_CHART}\n\n{report}"


def readme_rows(results: PeersResults) -> str:
    """A row of README's table for each group of tables: MASE ÷ seasonal naive's, and seconds."""
    return "".join(_readme_row(group) + "\n" for group in groups(results))


def _readme_row(group: Group) -> str:
    """gated with its defaults, then the method of each library that has the lowest error.

    Methods that were done on all tables come before the others.
    """
    best = min(one.error for one in group.summaries)
    ours = next(one for one in group.summaries if one.library == _OURS and one.key[1] == "default")
    others: dict[str, Summary] = {}
    for one in sorted(group.summaries, key=lambda one: len(one.failures)):
        if one is not ours:
            others.setdefault(one.library, one)
    compared = ", ".join(f"{one.label} {_figure(one, best)}" for one in others.values())
    count = len(group.tables)
    what = "1 table" if count == 1 else f"mean of {count} tables"
    what += f" ({', '.join(group.tables)}): MASE ÷ seasonal naive, seconds"
    return table_row([what, _figure(ours, best), compared, "[`peers`](docs/results/peers.md)"])


def _figure(one: Summary, best: float) -> str:
    error = f"{one.error:.3f}"
    missing = f", not done on {len(one.failures)}" if one.failures else ""
    return f"{f'**{error}**' if one.error == best else error} ({one.seconds:.1f} s{missing})"
