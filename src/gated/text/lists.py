"""Formats lists, counts, columns and names of methods."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rich.cells import cell_len

__all__ = ["columns_of_text", "counted", "did_you_mean", "joined", "listed", "plain"]


def listed(names: Iterable[object], limit: int = 8) -> str:
    """Column or series names in backticks, at most `limit` of them.

    >>> listed(["ds", "y"])
    '`ds`, `y`'
    >>> listed(range(5), limit=2)
    '`0`, `1` and 3 more'
    """
    shown = [f"`{name}`" for name in names]
    more = len(shown) - limit
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:limit])} and {more} more"


def joined(parts: Sequence[str]) -> str:
    """Parts of a sentence with commas, and "and" before the last one.

    >>> joined(["Monday"]), joined(["Monday", "Tuesday", "Friday"])
    ('Monday', 'Monday, Tuesday and Friday')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion if `word` is similar to a known word, else an empty text.

    >>> did_you_mean("untis", ["units", "orders"])
    ' Did you mean `units`?'
    >>> did_you_mean("xyz", ["units"])
    ''
    """
    spellings = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), spellings, n=1, cutoff=0.6)
    return f" Did you mean `{spellings[close[0]]}`?" if close else ""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(2000, "row"), counted(3, "series", "series")
    ('1 row', '2,000 rows', '3 series')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def columns_of_text(
    heads: list[str], content: list[list[str]], *, left: int = 1, gap: str = "  "
) -> list[str]:
    """Lay out columns of text as lines, the first `left` of them flush left.

    >>> for line in columns_of_text(["day", "sold"], [["Mon", "Tue"], ["7", "12"]]):
    ...     print(line)
    day  sold
    Mon     7
    Tue    12
    """
    widths = [
        max(map(cell_len, (head, *cells))) for head, cells in zip(heads, content, strict=True)
    ]
    lines = []
    for row in (heads, *zip(*content, strict=True)):
        cells = [
            cell + " " * (width - cell_len(cell))
            if index < left
            else " " * (width - cell_len(cell)) + cell
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(gap.join(cells).rstrip())
    return lines


def plain(method: str) -> str:
    """The name of a method in plain words.

    >>> plain("seasonal_naive"), plain("AutoETS")
    ('seasonal naive', 'AutoETS')
    """
    return method.replace("_", " ")
