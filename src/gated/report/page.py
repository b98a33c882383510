"""Writes a report as one HTML page that loads no other file and runs only its own script."""

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np

from gated.report.bundler import page_script
from gated.report.content import Report, ReportTable
from gated.report.packing import PER_BLOCK, Packed, pack, zipped

__all__ = ["page"]

_MEGABYTE = 1_000_000
_LEFT_OUT_SHOWN = 200


def page(report: Report, *, budget_mb: float = 15.0) -> str:
    """Write the page.

    Args:
        report: its content.
        budget_mb: its largest size in megabytes; where the series need more, their past is
            shortened, and a note on the page reports this.

    Returns:
        A whole HTML document.

    >>> made = page(Report(title="Sales <2024>", summary=("Good.",), series=[]))
    >>> "<title>Sales &lt;2024&gt;</title>" in made, " src=" in made or 'href="http' in made
    (True, False)
    """
    style, script = _style(), page_script()
    packed = pack(report.series, int(budget_mb * _MEGABYTE) - len(style) - len(script) - 100_000)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{_text(report.title)}</title>",
            f"<style>{style}</style></head><body>",
            '<a class="skip" href="#tables">Skip to the tables</a>',
            "<main>",
            _head(report),
            _charts(report, packed),
            '<div id="tables">',
            *(_table(table) for table in report.tables),
            "</div>",
            _small_charts(report),
            _memory(report),
            _texts(report, packed),
            "</main>",
            _data("head", _head_data(report, packed)),
            *(
                f'<script type="text/plain" id="block{index}">{block}</script>'
                for index, block in enumerate(packed.blocks)
            ),
            f"<script>{script}</script></body></html>",
            "",
        ]
    )


def _style() -> str:
    return resources.files("gated.report").joinpath("page.css").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _text(words: object) -> str:
    return html.escape(str(words))


def _prose(words: str) -> str:
    """Format a sentence: names in backticks as code, no line break before a percent sign.

    >>> _prose("`a<b`: 80 % covered.")
    '<code>a&lt;b</code>: 80\xa0% covered.'
    """
    named = re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(words))
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", named)


def _data(name: str, content: Any) -> str:
    """Write content as zipped text, which cannot contain markup."""
    return f'<script type="text/plain" id="{name}">{zipped(content)}</script>'


def _head_data(report: Report, packed: Packed) -> dict[str, Any]:
    curves = [
        {
            "title": one.title,
            "x": one.x_label,
            "y": one.y_label,
            "at": _numbers(one.x),
            "lines": {name: _numbers(line) for name, line in one.lines.items()},
        }
        for one in report.line_charts
    ]
    coverage = report.coverage
    return {
        "labels": packed.labels,
        "figures": packed.figures,
        "axis": packed.axis,
        "unit": packed.unit,
        "per": PER_BLOCK,
        "y": report.y_label,
        "line": report.line,
        "curves": curves,
        "coverage": None if coverage is None else [coverage.nominal, coverage.actual],
    }


def _numbers(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in np.asarray(values, dtype=np.float64)]


def _head(report: Report) -> str:
    summary = "".join(f"<p>{_prose(sentence)}</p>" for sentence in report.summary)
    return f'<header><h1>{_text(report.title)}</h1><div class="summary">{summary}</div></header>'


def _charts(report: Report, packed: Packed) -> str:
    """Write the elements for the chart of one series and for the list of all series."""
    if not packed.labels:
        return ""
    choice = ""
    if len(packed.labels) > 1:
        figures = "".join(f"<option>{_text(name)}</option>" for name in packed.figures)
        choice = (
            '<div class="choice"><label for="search">Find a series</label>'
            f'<input id="search" type="search" autocomplete="off" spellcheck="false" '
            f'placeholder="of {len(packed.labels):,}" aria-controls="list">'
            '<label for="sort">Sort by</label><select id="sort"><option value="">table order'
            f'</option><option value="label">name</option>{figures}</select>'
            '<ul id="list" role="listbox" aria-label="Series" tabindex="0"></ul>'
            '<p id="found" aria-live="polite"></p></div>'
        )
    return (
        f'<section class="stage{" many" if choice else ""}" aria-label="Charts">{choice}'
        '<div class="chart"><div class="bar"><h2 id="label"></h2><span id="figures"></span>'
        '<span class="tools">'
        + "".join(
            f'<button type="button" id="{name}" title="{title}" aria-label="{title}">{sign}'
            "</button>"
            for name, title, sign in (
                *(
                    (("before", "Previous series", "‹"), ("after", "Next series", "›"))
                    if choice
                    else ()
                ),
                ("in", "Zoom in", "+"),
                ("out", "Zoom out", "−"),
                ("whole", "Show all", "⤢"),
            )
        )
        + '</span></div><div id="plot" tabindex="0" role="img"></div>'
        '<p id="readout" aria-live="polite"></p><div id="legend"></div>'
        '<p class="hint">Drag to zoom in, double-click or Esc to see all. With the chart in focus: '
        "← → move the cursor, + − zoom.</p>"
        '<details id="values"><summary>Show as a table</summary><div></div></details></div>'
        "<noscript><p>The charts need JavaScript; the rest of the page does not.</p></noscript>"
        "</section>"
    )


def _table(table: ReportTable) -> str:
    columns = zip(*table.rows, strict=True) if table.rows else ()
    lowest = [_lowest(column) for column in columns]
    rows = []
    for row in table.rows:
        cells = [f'<th scope="row">{_text(row[0])}</th>']
        for column, cell in enumerate(row[1:], start=1):
            is_best = table.best == "lowest" and cell is not None and cell == lowest[column]
            text = "–" if cell is None else _figure(cell)
            value = f' data-value="{cell}"' if isinstance(cell, int | float) else ""
            cells.append(f"<td{' class=best' if is_best else ''}{value}>{text}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in table.columns)
    note = f'<p class="note">{_prose(table.note)}</p>' if table.note else ""
    return (
        f'<section><h2>{_text(table.title)}</h2><div class="scroll"><table class="sortable"><thead>'
        f"<tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}</section>"
    )


def _lowest(column: Sequence[str | float | None]) -> float | None:
    return min((cell for cell in column if isinstance(cell, int | float)), default=None)


def _figure(cell: str | float) -> str:
    """Format a number with three or four digits, thousands in groups.

    >>> [_figure(value) for value in (0.71234, 12.345, 19928.08, 2e9)]
    ['0.712', '12.3', '19,928', '2.00e+09']
    """
    if isinstance(cell, str):
        return _text(cell)
    size = abs(cell)
    if size >= 1e7 or 0 < size < 1e-3:
        return f"{cell:.2e}"
    return f"{cell:,.0f}" if size >= 1000 else f"{cell:.1f}" if size >= 10 else f"{cell:.3f}"


def _small_charts(report: Report) -> str:
    places = [
        f'<section><h2>{_text(one.title)}</h2><div class="curves" data-curve="{index}"></div>'
        "</section>"
        for index, one in enumerate(report.line_charts)
    ]
    if report.coverage is not None:
        places.append(
            "<section><h2>Coverage of the intervals</h2>"
            '<div class="curves" data-coverage></div></section>'
        )
    return f'<div class="pair">{"".join(places)}</div>' if places else ""


def _memory(report: Report) -> str:
    if not report.memory:
        return ""
    shown = report.memory[:12]
    largest = max(share for _, share in shown) or 1.0
    bars = "".join(
        f'<tr><th scope="row">{_text(words)}</th><td><meter min="0" max="{largest:.4f}" '
        f'value="{share:.4f}">{100 * share:.1f} %</meter></td><td>{100 * share:.1f} %</td></tr>'
        for words, share in shown
    )
    return (
        "<section><h2>Weights of the season memory</h2>"
        f'<table class="memory"><tbody>{bars}</tbody></table></section>'
    )


def _texts(report: Report, packed: Packed) -> str:
    parts = [
        _list("Notes", (*report.notes, *_shortened(packed))),
        _list("How the table was read", report.reading),
    ]
    if report.left_out:
        shown = list(report.left_out.items())[:_LEFT_OUT_SHOWN]
        rows = "".join(
            f'<tr><th scope="row">{_text(label)}</th><td>{_prose(why)}</td></tr>'
            for label, why in shown
        )
        more = len(report.left_out) - len(shown)
        rest = f"<p>And {more:,} more.</p>" if more > 0 else ""
        parts.append(
            f"<section><h2>Series without a forecast: {len(report.left_out):,}</h2>"
            f'<div class="scroll"><table class="words"><tbody>{rows}</tbody></table></div>{rest}'
            "</section>"
        )
    if report.settings:
        pairs = "".join(
            f"<dt>{_text(name)}</dt><dd>{_prose(value)}</dd>"
            for name, value in report.settings.items()
        )
        parts.append(f"<section><h2>Settings</h2><dl>{pairs}</dl></section>")
    return "".join(parts)


def _list(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{_prose(sentence)}</li>" for sentence in sentences)
    return f"<section><h2>{title}</h2><ul>{items}</ul></section>"


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
            f"The charts show the first {len(packed.labels):,} of {packed.total:,} series, to "
            "limit the size of this page."
        )
    return sentences
