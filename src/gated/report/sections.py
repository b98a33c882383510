"""Writes the sections of the page; the script fills those of the charts and of the overview."""

from collections.abc import Sequence

from gated.report.content import Gates, Report
from gated.report.markup import bullets, prose, table_markup, text
from gated.report.packing import Packed
from gated.text import percent

__all__ = [
    "chart_markup",
    "drivers_markup",
    "endings",
    "header_markup",
    "memory_markup",
    "overview_markup",
    "small_charts_markup",
    "totals_markup",
]

_LEFT_OUT_SHOWN = 200
_MEMORY_SHOWN = 12


def header_markup(report: Report) -> str:
    """The title, the headline and the sentences below it."""
    summary = "".join(f"<p>{prose(sentence)}</p>" for sentence in report.summary)
    return (
        f"<header><h1>{text(report.title)}</h1>{_headline(report)}"
        f'<div class="summary">{summary}</div></header>'
    )


def _headline(report: Report) -> str:
    headline = report.headline
    if headline is None:
        return ""
    compared = "".join(
        f"<div><dt>{prose(name)}</dt><dd>{prose(number)}"
        f"{f' <span>{prose(difference)}</span>' if difference else ''}</dd></div>"
        for name, number, difference in headline.compared
    )
    comparison = f'<dl class="compared">{compared}</dl>' if compared else ""
    words = f'<p class="words">{prose(headline.words)}</p>' if headline.words else ""
    return (
        f'<div class="headline"><div class="main"><p class="what">{prose(headline.label)}</p>'
        f'<p class="number">{text(headline.figure)}</p>{words}</div>{comparison}</div>'
    )


def chart_markup(packed: Packed) -> str:
    """The elements for the chart of one series."""
    if not packed.labels:
        return ""
    before_after = (("before", "Previous series", "‹"), ("after", "Next series", "›"))
    buttons = "".join(
        f'<button type="button" id="{name}" title="{title}" aria-label="{title}">{sign}</button>'
        for name, title, sign in (
            *(before_after if len(packed.labels) > 1 else ()),
            ("in", "Zoom in", "+"),
            ("out", "Zoom out", "−"),
            ("ahead", "Show the forecast from near", "Forecast"),
            ("back", "Return to the first view", "First view"),
            ("whole", "Show the whole past", "All"),
        )
    )
    return (
        '<section class="stage" id="chart" aria-label="Chart"><div class="bar">'
        '<div><h2 id="label"></h2><p id="figures"></p></div>'
        f'<span class="tools">{buttons}</span></div>'
        '<div id="plot" tabindex="0" role="img"></div>'
        '<p id="readout" aria-live="polite"></p><div id="legend"></div>'
        '<details id="values"><summary>Show as a table</summary><div></div></details>'
        "<noscript><p>The charts need JavaScript; the rest of the page does not.</p></noscript>"
        "</section>"
    )


def totals_markup(report: Report) -> str:
    """The small tables of totals, next to each other."""
    # Their numbers are text with equal decimals, and their order is that of time: not to be sorted.
    tables = "".join(table_markup(table, sortable=False) for table in report.totals)
    return f'<div class="pair totals">{tables}</div>' if tables else ""


def overview_markup(report: Report, packed: Packed) -> str:
    """The elements for the overview of all series; nothing for a single one."""
    count = len(packed.labels) - report.has_total
    if count < 2:
        return ""
    return (
        f'<section id="overview"><div class="bar"><h2>Overview of {count:,} series</h2>'
        '<label class="find">Find a series <input id="search" type="search" autocomplete="off" '
        'spellcheck="false" aria-controls="rows"></label></div>'
        '<div id="rows" tabindex="0" role="group" aria-label="Series"></div>'
        '<p id="found" class="note" aria-live="polite"></p></section>'
    )


def drivers_markup(report: Report) -> str:
    """What the forecast depends on: covariates, closed days and holidays."""
    if not report.drivers and not report.events:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{prose(when)}</th><td>{prose(what)}</td></tr>'
        for when, what in report.events
    )
    events = (
        f'<div class="scroll"><table class="words"><tbody>{rows}</tbody></table></div>'
        if rows
        else ""
    )
    listed = _listed(report.drivers) if report.drivers else ""
    return f'<section id="drivers"><h2>What drives the forecast</h2>{listed}{events}</section>'


def small_charts_markup(report: Report) -> str:
    """The places of the small charts of accuracy."""
    places = [
        f'<section><h2>{text(one.title)}</h2><div class="curves" data-curve="{index}"></div>'
        "</section>"
        for index, one in enumerate(report.line_charts)
    ]
    if report.coverage is not None:
        places.append(
            "<section><h2>Coverage of the intervals</h2>"
            '<div class="curves" data-coverage></div></section>'
        )
    return f'<div class="pair">{"".join(places)}</div>' if places else ""


def memory_markup(report: Report) -> str:
    """What moved the forecast, the place of the chart of weights, and the gates."""
    memory = report.memory
    if memory is None or not memory.shares:
        return ""
    return (
        f'<section id="memory"><h2>What it remembered</h2><p>{prose(memory.of)}</p>'
        f"{_bars(memory.shares[:_MEMORY_SHOWN])}{_listed(memory.sentences)}"
        f"<h3>{text(memory.weights.title)}</h3>"
        f'<div class="curves" data-curve="{len(report.line_charts)}"></div>'
        f"{'' if memory.gates is None else _gates(memory.gates)}</section>"
    )


def _gates(gates: Gates) -> str:
    return (
        "<h3>What the recurrence kept at each step of the past</h3>"
        f'<div class="scroll gates" tabindex="0">{gates.svg}</div>{_listed(gates.sentences)}'
        "<h3>How long its units take to overwrite half of their memory</h3>"
        f"{_bars(gates.half_lives)}"
    )


def _bars(rows: Sequence[tuple[str, float]]) -> str:
    """A table of shares as bars; the largest has the full length."""
    largest = max(share for _, share in rows) or 1.0
    bars = "".join(
        f'<tr><th scope="row">{text(words)}</th><td><meter min="0" max="{largest:.4f}" '
        f'value="{share:.4f}">{percent(share)}</meter></td><td>{percent(share)}</td></tr>'
        for words, share in rows
    )
    return f'<table class="memory"><tbody>{bars}</tbody></table>'


def _listed(sentences: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{prose(sentence)}</li>' for sentence in sentences)}</ul>"


def endings(report: Report, packed: Packed) -> str:
    """Notes, what was read, the series without a forecast, and the settings."""
    parts = [
        bullets("Notes", (*report.notes, *_shortened(packed))),
        bullets("How the table was read", report.reading),
        _left_out(report),
    ]
    if report.settings:
        pairs = "".join(
            f"<dt>{text(name)}</dt><dd>{prose(value)}</dd>"
            for name, value in report.settings.items()
        )
        parts.append(f'<section><h2>Settings</h2><dl class="settings">{pairs}</dl></section>')
    return "".join(parts)


def _left_out(report: Report) -> str:
    if not report.left_out:
        return ""
    shown = list(report.left_out.items())[:_LEFT_OUT_SHOWN]
    rows = "".join(
        f'<tr><th scope="row">{text(label)}</th><td>{prose(why)}</td></tr>' for label, why in shown
    )
    more = len(report.left_out) - len(shown)
    rest = f"<p>And {more:,} more.</p>" if more > 0 else ""
    return (
        f"<section><h2>Series without a forecast: {len(report.left_out):,}</h2>"
        f'<div class="scroll"><table class="words"><tbody>{rows}</tbody></table></div>{rest}'
        "</section>"
    )


def _shortened(packed: Packed) -> list[str]:
    """Describe which part of the series the page contains."""
    sentences = []
    if packed.kept is not None:
        sentences.append(
            f"The charts show the last {packed.kept:,} steps of the past of each series, to limit "
            "the size of this page."
        )
    if len(packed.labels) < packed.total:
        sentences.append(
            f"The page has only the first {len(packed.labels):,} of {packed.total:,} series, to "
            "limit its size. The headline and the totals are those of all."
        )
    return sentences
